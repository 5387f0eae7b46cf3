import { createLog, type Log } from "../../src/log.ts";

/** A real log whose lines a test can read. */
export function capturedLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  return { log: createLog("info", { write: (line) => void lines.push(line) }), lines };
}
