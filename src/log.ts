import { type Logger, pino } from "pino";

export type Log = Logger;

/**
 * Writes one JSON line per event: ids and codes only; never names, plates, phones, texts of messages or
 * tokens.
 */
export function createLog(level: string): Log {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
}
