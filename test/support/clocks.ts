import type { Timer } from "../../src/timer.ts";

/**
 * A test's time. Limits of waits run out when it is advanced past them, in their order, and never because the
 * machine is busy.
 */
export interface ManualClock extends Timer {
  now(): Date;
  advance(ms: number): void;
  /** Resolves when somebody waits with exactly this limit: then it can be advanced past it. */
  limitOf(ms: number): Promise<void>;
}

const DAY_MS = 24 * 3_600_000;
/** ten in the morning in Shanghai: no day ends while a test runs */
const TEN_MS = 2 * 3_600_000;

/** The next ten o'clock, so that what the database's own clock removes is not past. */
const nextTen = (): number => Math.floor((Date.now() - TEN_MS) / DAY_MS + 1) * DAY_MS + TEN_MS;

/** A day for what is compared to the letter. */
export const NOON = "2026-11-02T04:00:00Z";

/** Stands still until it is advanced. */
export function standingClock(start: string | number = nextTen()): ManualClock {
  let at = new Date(start).getTime();
  return withLimits({
    now: () => new Date(at),
    advance(ms) {
      at += ms;
    },
  });
}

/** Real time, shifted: for what runs by itself, such as the jobs of a server. */
export function shiftedClock(): ManualClock {
  let shiftMs = 0;
  return withLimits({
    now: () => new Date(Date.now() + shiftMs),
    advance(ms) {
      shiftMs += ms;
    },
  });
}

interface Waiting {
  ms: number;
  leftMs: number;
  ring(): void;
}

function withLimits({ now, advance }: Pick<ManualClock, "now" | "advance">): ManualClock {
  let waiting: Waiting[] = [];
  let looking: { ms: number; found(): void }[] = [];
  return {
    now,
    advance(ms) {
      advance(ms);
      for (const one of waiting) one.leftMs -= ms;
      const due = waiting.filter(({ leftMs }) => leftMs <= 0).sort((a, b) => a.leftMs - b.leftMs);
      waiting = waiting.filter(({ leftMs }) => leftMs > 0);
      for (const { ring } of due) ring();
    },
    after(ms, ring) {
      const one = { ms, leftMs: ms, ring };
      waiting.push(one);
      for (const { found } of looking.filter((look) => look.ms === ms)) found();
      looking = looking.filter((look) => look.ms !== ms);
      return () => {
        waiting = waiting.filter((other) => other !== one);
      };
    },
    limitOf: (ms) =>
      new Promise((found) => {
        if (waiting.some((one) => one.ms === ms)) found();
        else looking.push({ ms, found });
      }),
  };
}
