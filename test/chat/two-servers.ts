import { pino } from "pino";
import { loadConfig } from "../../src/config.ts";
import { type Context, createContext } from "../../src/context.ts";
import { type Running, startServer } from "../../src/server.ts";
import { CALM_DATABASE } from "../support/calm-database.ts";
import { type ManualClock, standingClock } from "../support/clocks.ts";
import { databaseUri, freePort } from "../support/database.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import type { Sender } from "./platform-push.ts";

export interface Twin extends Running, Sender {
  ctx: Context;
  logged(): string;
}

/**
 * Two servers, as two processes: contexts, bots and connections of their own on one database, behind one
 * account of the platform (the first's stand-in).
 */
export async function startTwins(
  env: Record<string, string> = {},
): Promise<{ twins: [Twin, Twin]; clock: ManualClock }> {
  const clock = standingClock();
  const dataDir = temporaryFolder("twins");
  const uri = new URL(await databaseUri());
  uri.searchParams.set("monitorCommands", "true");
  const ports = [await freePort(), await freePort()];
  const platform = `http://127.0.0.1:${ports[0]}/simulator/platform`;
  const start = async (port: number | undefined): Promise<Twin> => {
    // the models are loaded only where they are what is tested
    const own = { PORT: String(port), DATA_DIR: dataDir, PHOTO_READER: "false" };
    const given = { ...own, WECHAT_API_URL: platform, SIMULATOR: "true", ...env };
    const config = await loadConfig(given);
    const lines: string[] = [];
    const log = pino({ level: "info" }, { write: (line: string) => void lines.push(line) });
    const calm = { limits: CALM_DATABASE, pictureNiceness: 0 };
    const ctx = await createContext(config, { clock, timer: clock, ...calm, log, databaseUri: uri.href });
    const running = await startServer(ctx, { runJobs: false });
    const url = `http://127.0.0.1:${port}`;
    return { ...running, ctx, url, wechat: config.wechat, now: () => clock.now(), logged: () => lines.join("") };
  };
  return { twins: [await start(ports[0]), await start(ports[1])], clock };
}
