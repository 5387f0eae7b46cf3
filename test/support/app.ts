import { type Config, loadConfig } from "../../src/config.ts";
import { createContext } from "../../src/context.ts";
import { createLog } from "../../src/log.ts";
import { type Running, startServer } from "../../src/server.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import type { DatabaseLimits } from "../../src/store/limits.ts";
import { SYSTEM_TIMER, type Timer } from "../../src/timer.ts";
import { CALM_DATABASE } from "./calm-database.ts";
import { type ManualClock, shiftedClock, standingClock } from "./clocks.ts";
import { databaseUri, freePort } from "./database.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/**
 * The whole system on a port of its own: the real Koa app, a real database, stand-ins only at the wire. The
 * clock is real time plus a shift.
 */
export interface TestApp extends Running {
  simulator: Simulator;
  url: string;
  config: Config;
  clock: ManualClock;
  /** for who looks into the database itself */
  databaseUri: string;
  /** what was logged, one JSON line each */
  logged(): string;
  /** Stops the server and starts another one on the same data. */
  restart(): Promise<TestApp>;
}

export interface TestAppOptions {
  env?: Record<string, string>;
  clock?: ManualClock;
  /** the jobs run by themselves, as in production; else `settle()` runs them */
  runJobs?: boolean;
  /** else a database of its own */
  databaseUri?: string;
  /** else such as no busy machine meets */
  limits?: Partial<DatabaseLimits>;
  /** what the waits between the rounds of jobs run on; the system's else */
  jobsTimer?: Timer;
  /** what the limits of the database's commands run on; the system's else */
  databaseTimer?: Timer;
}

export async function startApp(options: TestAppOptions = {}): Promise<TestApp> {
  const port = await freePort();
  const dataDir = temporaryFolder("app");
  const config = await loadConfig({
    PORT: String(port),
    HOST: "127.0.0.1",
    DATA_DIR: dataDir,
    SIMULATOR: "true",
    // the models are loaded only where they are what is tested
    PHOTO_READER: "false",
    ...options.env,
  });
  return run({
    config,
    uri: options.databaseUri ?? (await databaseUri()),
    limits: { ...CALM_DATABASE, ...options.limits },
    databaseTimer: options.databaseTimer,
    clock: options.clock ?? (options.runJobs ? shiftedClock() : standingClock()),
    runJobs: options.runJobs ?? false,
    jobsTimer: options.jobsTimer ?? SYSTEM_TIMER,
  });
}

interface Setup {
  config: Config;
  uri: string;
  limits: Partial<DatabaseLimits>;
  databaseTimer: Timer | undefined;
  clock: ManualClock;
  runJobs: boolean;
  jobsTimer: Timer;
}

async function run(setup: Setup): Promise<TestApp> {
  const { config, uri, clock, runJobs, jobsTimer, limits, databaseTimer } = setup;
  const lines: string[] = [];
  const log = createLog("debug", { write: (line) => void lines.push(line) });
  const ctx = await createContext(config, {
    clock,
    timer: clock,
    pictureNiceness: 0,
    log,
    limits,
    databaseUri: uri,
    ...(databaseTimer && { databaseTimer }),
  });
  const running = await startServer(ctx, { runJobs, jobsTimer });
  return {
    ...running,
    simulator: running.simulator as Simulator,
    url: config.publicUrl,
    config,
    clock,
    databaseUri: uri,
    logged: () => lines.join(""),
    async restart() {
      await running.stop();
      return run(setup);
    },
  };
}
