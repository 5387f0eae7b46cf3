import { type Config, ConfigFault, loadConfig } from "./config.ts";
import { type Context, createContext } from "./context.ts";
import { AppError, Conflict, StartFault } from "./errors.ts";
import { createLog } from "./log.ts";
import { openDatabase } from "./open-database.ts";
import type { Overrides } from "./overrides.ts";
import { startFaultOf } from "./store/connect.ts";
import { BUSY_CONNECT_MS, type DatabaseLimits, LIMITS } from "./store/limits.ts";
import { createRoomWatch } from "./store/room-watch.ts";

/**
 * Runs a program for the operator. A failure is one sentence on the error output and exit code 1; the process
 * ends even when an open database would keep it alive.
 */
export function runProgram(work: (config: Config) => Promise<void>): Promise<void> {
  let config: Config | undefined;
  const working = async () => {
    config = await loadConfig();
    await work(config);
  };
  return reported(working, () => config);
}

/** As runProgram, for what needs no settings. */
export const runWithoutSettings = (work: () => Promise<void>): Promise<void> => reported(work, () => undefined);

async function reported(work: () => Promise<void>, configOf: () => Config | undefined): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.stderr.write(`${reasonOf(error, configOf())}\n`);
    process.exit(1);
  }
}

/** Runs a command on the database, also beside a running server. `work` returns the exit code. */
export function runCommand(work: (ctx: Context) => Promise<number>): Promise<void> {
  return runProgram(async (config) => {
    const ctx = await openContext(config);
    try {
      process.exitCode = await work(ctx);
    } finally {
      await ctx.close();
    }
  });
}

export function openContext(config: Config, overrides: Overrides = {}): Promise<Context> {
  const log = commandLog(config);
  return besideServer((uri) => createContext(config, { log, ...overrides, ...(uri && { databaseUri: uri }) }));
}

/** The log of a command goes to the error output: what it prints can be kept as a file. */
export const commandLog = ({ logLevel }: Config) => createLog(logLevel, process.stderr);

/** While the server runs it owns the embedded database's folder: then its socket there is used. */
export async function besideServer<T>(openAt: (uri?: string) => Promise<T>): Promise<T> {
  try {
    return await openAt();
  } catch (error) {
    const uri = error instanceof Conflict ? error.details.uri : null;
    if (typeof uri !== "string") throw error;
    return openAt(uri);
  }
}

/**
 * Opens the database as it is, for a command that needs neither the key nor this version's shape. Commands
 * may take long.
 */
export function openBareDatabase(config: Config) {
  const log = commandLog(config);
  const room = createRoomWatch({ log, now: () => new Date() });
  return besideServer((uri) => openDatabase(config, { uri, log, room, limits: PATIENT }));
}

/** For a command that may take long, and whose database may be busy with its indexes. */
export const PATIENT: DatabaseLimits = {
  ...LIMITS,
  commandMs: 60_000,
  bulkMs: 120_000,
  connectMs: BUSY_CONNECT_MS,
};

/** Returns cause and cure when they are known, else where in the code it happened. */
function reasonOf(error: unknown, config: Config | undefined): string {
  const fault = (config && startFaultOf(error, config)) ?? error;
  if (fault instanceof ConfigFault || fault instanceof StartFault || fault instanceof Conflict) return fault.message;
  if (fault instanceof AppError) return `Not done: ${fault.code} ${JSON.stringify(fault.details)}`;
  return fault instanceof Error ? `${fault.stack}` : String(fault);
}
