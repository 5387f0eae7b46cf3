import type { Log } from "./log.ts";
import type { DatabaseLimits } from "./store/limits.ts";
import type { Timer } from "./timer.ts";

export interface Clock {
  now(): Date;
}

/** What a test puts in the place of what the context would make. */
export interface Overrides {
  log?: Log;
  databaseUri?: string;
  /** this machine's clock; without `databaseClock` also the database's */
  clock?: Clock;
  /** `measured`: as without overrides */
  databaseClock?: Clock | "measured";
  timer?: Timer;
  /** of picture processes; a test on a busy machine runs them at normal priority */
  pictureNiceness?: number;
  limits?: Partial<DatabaseLimits>;
  /** runs the time-outs of database commands */
  databaseTimer?: Timer;
}
