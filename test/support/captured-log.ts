import { pino } from "pino";
import type { Log } from "../../src/log.ts";

/** A real log whose lines a test can read. */
export function capturedLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  return { log: pino({ base: null }, { write: (line: string) => void lines.push(line) }), lines };
}
