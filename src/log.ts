import { type DestinationStream, pino } from "pino";
import { factsOf } from "./errors.ts";
import type { LOG_CODES, LogCode, LogLevel } from "./log-codes.ts";

/** The codes that are logged at this level. */
export type CodeAt<L extends LogLevel> = { [C in LogCode]: (typeof LOG_CODES)[C] extends L ? C : never }[LogCode];

/** Short names of ids, which do not compile: a line says `accidentId`, `deliveryId`, `requestId` … */
type Misnamed = "accident" | "case" | "claim" | "delivery" | "person" | "photo" | "request";

export type LogFields = { readonly [name: string]: unknown } & { readonly [name in Misnamed]?: never };

/** Writes one line; a code that src/log-codes.ts does not have at this level does not compile. */
interface Say<Code> {
  (code: Code): void;
  (fields: LogFields, code: Code): void;
}

type Ids = Readonly<Partial<Record<"requestId" | "deliveryId" | "accidentId", string>>>;

export type Log = { readonly [L in LogLevel]: Say<CodeAt<L>> } & {
  /**
   * A log whose lines have these ids, too. Handed on with the context of one piece of work: an
   * AsyncLocalStorage would make every promise of the process dearer on Node.js 20.
   */
  child(ids: Ids): Log;
};

/**
 * Writes one JSON line per event: ids and codes only; never names, plates, phones, texts of messages or
 * tokens. `destination`: the standard output unless given.
 */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (thrown: unknown) => saidOf(thrown) },
  };
  return destination ? pino(options, destination) : pino(options);
}

const MOST_CAUSES = 3;

/**
 * Returns what may be logged of an error and its causes: class, code and where it was thrown. Never its
 * message or other properties, which may quote a person.
 */
function saidOf(thrown: unknown, causes = MOST_CAUSES): object {
  const { name, code, cause } = factsOf(thrown);
  const stack = thrown instanceof Error ? (thrown.stack ?? "") : "";
  const where = stack.split("\n").filter((line) => /^\s+at .*[:(]/.test(line));
  return {
    type: String(name ?? typeof thrown),
    code,
    where: where.slice(0, 8).map((line) => line.trim()),
    ...(cause !== undefined && causes > 0 && { cause: saidOf(cause, causes - 1) }),
  };
}
