import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { StandIns } from "./stand-ins.ts";

interface Place {
  /** names the database where MONGODB_URI gives a server for it */
  name: string;
  dir: string;
  port: number;
  standIns: StandIns;
}

/**
 * Writes the settings file of a server on this port that finds the stand-ins, and returns its environment.
 */
export async function serverEnv({ name, dir, port, standIns }: Place): Promise<Record<string, string>> {
  const file = join(dir, "settings.yaml");
  await writeFile(file, stringify(standIns.settings));
  const given = process.env.MONGODB_URI;
  return {
    ...standIns.env,
    ...(given && { MONGODB_URI: new URL(`/${name}_${randomBytes(4).toString("hex")}`, given).href }),
    CONFIG_FILE: file,
    PORT: String(port),
    HOST: "127.0.0.1",
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    DATA_DIR: join(dir, "data"),
    LOG_LEVEL: "silent",
  };
}
