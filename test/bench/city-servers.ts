import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { serverEnv } from "../demo/server-env.ts";
import { ServerProcess } from "../demo/server-process.ts";
import { type StandIns, startStandIns } from "../demo/stand-ins.ts";
import { type Spread, spreadConnections } from "../support/connection-spread.ts";
import { databaseUri, freePort } from "../support/database.ts";
import { memoryOf } from "../support/process-facts.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** Two server processes of one service on one database, behind one address. */
export interface CityServers {
  url: string;
  standIns: StandIns;
  /** MB that no file backs, of the two processes together */
  anonMb(): number;
  close(): Promise<void>;
}

const PROCESSES = 2;

/** On the database of MONGODB_URI, else on an embedded one of this process's. */
export async function startCityServers(): Promise<CityServers> {
  const dir = temporaryFolder("city");
  const [uri, port] = [await databaseUri(), await freePort()];
  const ports = await Promise.all(Array.from({ length: PROCESSES }, freePort));
  const url = `http://127.0.0.1:${port}`;
  const standIns = await startStandIns({ port: await freePort(), appUrl: url });
  const key = () => randomBytes(32).toString("base64");
  const keys = { DATA_KEY: key(), SESSION_KEY: key() };
  const servers: ServerProcess[] = [];
  for (const own of ports) {
    const env = await serverEnv({ name: "city", dir, port: own, standIns });
    const more = { MONGODB_URI: uri, PUBLIC_URL: url, DATA_DIR: join(dir, `data-${own}`), PHOTO_READER: "false" };
    const server = new ServerProcess(`http://127.0.0.1:${own}`, { ...env, ...keys, ...more });
    servers.push(server);
    await server.start();
  }
  const spread: Spread = await spreadConnections(ports, port);
  return {
    url,
    standIns,
    anonMb: () => servers.reduce((sum, { pid = 0 }) => sum + memoryOf(pid).anonMb, 0),
    async close() {
      await spread.close();
      for (const server of servers) await server.stop();
      standIns.close();
    },
  };
}
