import type { LaneLimits } from "../lane/lane.ts";

/** The two mandatory plate pictures and four more of a hundred accidents at once; who comes later is told when to come again. */
export const READER_LIMITS = {
  processes: 1,
  waiting: 200,
  waitingBytes: 64 * 1024 * 1024,
  retryAfterS: 10,
  processBytes: 320 * 1024 * 1024,
  /** the models are 120 MB */
  idleMs: 10 * 60_000,
} satisfies LaneLimits;

/** Longest side at which a photograph is looked at first, as large as the copy; and closer, where the original has more. */
export const LOOK_SIDE = 1_344;
export const CLOSE_SIDE = 2_688;
