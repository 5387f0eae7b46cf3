import type { Log } from "./log.ts";
import type { DatabaseLimits } from "./store/limits.ts";
import type { Walk } from "./store/migrations/migration.ts";
import type { Timer } from "./timer.ts";

export interface Clock {
  now(): Date;
}

/** What happens at the opening of a database that has not the shape or the indexes that this code needs. */
export interface Upgrade {
  /** `build`: it is brought there. `check`: refused, with the command to run. `look`: opened as it is. */
  mode: "build" | "check" | "look";
  /** Repeats the migrations that were done, too. */
  again?: boolean;
  /** hears what was done, a line each */
  tell?: (line: string) => void;
  /** begins to show how far a migration has come in about so many documents */
  progress?: (doing: string, total: number) => Walk;
  /** how many indexes are known to lack */
  lacking?: number;
}

/** What a test or a command puts in the place of what the context would make. */
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
  /** else `check` in production, and `build` elsewhere */
  upgrade?: Upgrade;
  /** opens a database into which a backup is being restored */
  isRestoring?: boolean;
  /** runs the time-outs of database commands */
  databaseTimer?: Timer;
}
