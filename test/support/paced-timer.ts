import type { Timer } from "../../src/timer.ts";
import { type ManualClock, standingClock } from "./clocks.ts";

/** A timer for loops that each wait by it between two rounds. */
export interface PacedTimer extends Timer {
  advance(ms: number): void;
  /** Resolves when so many loops wait: all rounds that were due are over. */
  atRest(loops: number): Promise<void>;
}

export function pacedTimer(inner: ManualClock = standingClock()): PacedTimer {
  let waiting = 0;
  let looking: { loops: number; found(): void }[] = [];
  const tell = () => {
    for (const { found } of looking.filter(({ loops }) => loops === waiting)) found();
    looking = looking.filter(({ loops }) => loops !== waiting);
  };
  return {
    after(ms, ring) {
      let isOver = false;
      const end = () => {
        if (isOver) return false;
        isOver = true;
        waiting--;
        return true;
      };
      const stop = inner.after(ms, () => {
        if (end()) ring();
      });
      waiting++;
      tell();
      return () => {
        stop();
        end();
      };
    },
    advance: (ms) => inner.advance(ms),
    atRest: (loops) =>
      new Promise((found) => {
        looking.push({ loops, found });
        tell();
      }),
  };
}
