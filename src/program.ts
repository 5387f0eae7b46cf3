import type { Config } from "./config.ts";
import { type Context, createContext } from "./context.ts";
import { demoOfficersText, hasDemoOfficers, listDemoOfficers, makeDemoOfficers } from "./demo-officers.ts";
import { codeOf } from "./errors.ts";
import { createLog } from "./log.ts";
import { runProgram } from "./operator-program.ts";
import { startServer } from "./server.ts";
import { warnAtStart } from "./warn-at-start.ts";

/** Starts the service. On failure it writes the reason and ends the process. */
export const run = (): Promise<void> => runProgram(start);

/** Starts in order: config, context, doors and jobs; SIGTERM drains them. */
async function start(config: Config): Promise<void> {
  const log = createLog(config.logLevel);
  const running = await startServer(await createContext(config, { log }));
  log.info({ port: config.port, simulator: config.simulator, roles: config.roles }, "process.started");
  // load the plate reader's models now, which takes a second; on failure the first picture tries again
  if (config.roles.some((role) => role !== "desk"))
    running.ctx.photos.plates
      .isAvailable()
      .catch((error: unknown) => log.debug({ code: codeOf(error) }, "plates.not-warmed-up"));
  if (running.simulator) process.stdout.write(`\n  Simulator: ${config.publicUrl}/simulator\n\n`);

  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    const { shutdownDelayMs } = config;
    log.info({ signal, shutdownDelayMs }, "process.stopping");
    // Everything accepted is stored: unfinished work is resumed at the next start.
    setTimeout(() => process.exit(1), shutdownDelayMs + 10_000).unref();
    running.stop(shutdownDelayMs).then(() => process.exit(0));
  };
  process.on("SIGTERM", () => stop("SIGTERM"));
  process.on("SIGINT", () => stop("SIGINT"));
  if (hasDemoOfficers(config)) await bringOfficers(running.ctx);
  await warnAtStart(running.ctx);
}

/** A database that is away for a moment is no reason to end: the next start makes them. */
async function bringOfficers(ctx: Context): Promise<void> {
  try {
    await makeDemoOfficers(ctx);
    process.stdout.write(demoOfficersText(ctx.config.publicUrl, await listDemoOfficers(ctx)));
  } catch (error) {
    ctx.log.error({ code: codeOf(error) }, "officers.not-made");
  }
}
