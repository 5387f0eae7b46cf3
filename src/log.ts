import { AsyncLocalStorage } from "node:async_hooks";
import { type DestinationStream, type Logger, pino } from "pino";

export type Log = Logger;

const around = new AsyncLocalStorage<Record<string, string>>();

/** Does the work; each line that is logged meanwhile has these fields, too. */
export const withLogFields = <T>(fields: Record<string, string>, work: () => T): T =>
  around.run({ ...around.getStore(), ...fields }, work);

/** The fields of the work that goes on at this moment. */
export const fieldsOfWork = (): Record<string, string> => ({ ...around.getStore() });

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
    mixin: fieldsOfWork,
  };
  return destination ? pino(options, destination) : pino(options);
}
