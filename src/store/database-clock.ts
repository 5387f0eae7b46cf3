import type { Connection } from "mongoose";
import { codeOf } from "../errors.ts";
import type { Log } from "../log.ts";

/** The database's clock as this process knows it: the one clock that all processes share. */
export interface DatabaseClock {
  /**
   * Returns its time: the last answer plus the time since then on the monotonic clock, which cannot be set.
   */
  now(): Date;
  /** The database's clock minus this machine's, in milliseconds, at this moment. */
  differenceMs(): number;
  /** Asks the database again; without an answer the last one stays. Runs by itself every minute. */
  measure(): Promise<void>;
  close(): void;
}

export interface DatabaseClockOptions {
  connection: Connection;
  /** this machine's clock */
  clock: { now(): Date };
  log: Log;
}

const MEASURE_MS = 60_000;
/** A step of either clock is logged from here. */
const STEP_MS = 1_000;
/**
 * A larger difference is logged as an error: an insurer refuses a signature that is five minutes old, and
 * TLS, tokens and leases suffer before.
 */
export const CLOCKS_AGREE_MS = 60_000;

/** Measures once before it returns; rejects where the database does not answer. */
export async function createDatabaseClock(options: DatabaseClockOptions): Promise<DatabaseClock> {
  const { clock, log } = options;
  let anchor = await ask(options);
  const nowMs = () => at(anchor, performance.now());
  const differenceMs = () => Math.round(nowMs() - clock.now().getTime());
  let told = tell(log, { differs: false, differenceMs: differenceMs() }, differenceMs());
  let asking = false;

  const measure = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    try {
      const answer = await ask(options);
      // A difference within the round-trip time is noise: adopting it would make the time jump to and fro.
      if (Math.abs(answer.databaseMs - at(anchor, answer.monotonicMs)) > answer.uncertainMs) anchor = answer;
      told = tell(log, told, differenceMs());
    } catch (error) {
      log.warn({ code: codeOf(error) }, "clock.not-measured");
    } finally {
      asking = false;
    }
  };
  const timer = setInterval(() => void measure(), MEASURE_MS).unref();
  return { now: () => new Date(nowMs()), differenceMs, measure, close: () => clearInterval(timer) };
}

interface GivenClocks {
  clock?: { now(): Date };
  databaseClock?: { now(): Date } | "measured";
}

/** Returns the clocks that a test gives; without them, or for `measured`, asks the database. */
export async function openClock(
  { connection, log }: Pick<DatabaseClockOptions, "connection" | "log">,
  { clock, databaseClock }: GivenClocks,
): Promise<DatabaseClock> {
  const machine = clock ?? { now: () => new Date() };
  const given = databaseClock ?? clock;
  return given && given !== "measured"
    ? fixedClocks(given, machine)
    : createDatabaseClock({ connection, clock: machine, log });
}

/** Returns a clock for a test that sets both itself. */
export function fixedClocks(database: { now(): Date }, machine: { now(): Date }): DatabaseClock {
  return {
    now: () => database.now(),
    differenceMs: () => database.now().getTime() - machine.now().getTime(),
    measure: async () => {},
    close: () => {},
  };
}

interface Measure {
  databaseMs: number;
  /** when that was, on the monotonic clock */
  monotonicMs: number;
  uncertainMs: number;
}

const at = ({ databaseMs, monotonicMs }: Measure, now: number): number => databaseMs + now - monotonicMs;

/** Half the round-trip time is taken as the age of the answer. */
async function ask({ connection, clock }: DatabaseClockOptions): Promise<Measure> {
  const before = performance.now();
  const hello = await connection.db?.command({ hello: 1 });
  const uncertainMs = (performance.now() - before) / 2;
  const said = hello?.localTime instanceof Date ? hello.localTime : clock.now();
  return { databaseMs: said.getTime(), monotonicMs: before + uncertainMs, uncertainMs };
}

interface Told {
  differs: boolean;
  differenceMs: number;
}

/** Logs a step of either clock, and once each that the two differ or agree again. */
function tell(log: Log, before: Told, differenceMs: number): Told {
  const byMs = differenceMs - before.differenceMs;
  const differs = Math.abs(differenceMs) > CLOCKS_AGREE_MS;
  if (Math.abs(byMs) > STEP_MS) log.warn({ byMs, differenceMs }, "clock.stepped");
  if (differs && !before.differs) log.error({ code: "clock-differs", differenceMs }, "clock.differs");
  if (!differs && before.differs) log.info({ differenceMs }, "clock.agrees");
  return { differs, differenceMs };
}
