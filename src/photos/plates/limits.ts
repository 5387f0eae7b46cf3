import type { LaneLimits } from "../lane/lane.ts";

/**
 * Allows the two mandatory plate pictures and four more of a hundred accidents at once; further requests are
 * told when to come again.
 */
export const READER_LIMITS = {
  processes: 1,
  waiting: 200,
  waitingBytes: 64 * 1024 * 1024,
  retryAfterS: 10,
  processBytes: 320 * 1024 * 1024,
  /** the models take 120 MB */
  idleMs: 10 * 60_000,
} satisfies LaneLimits;

/**
 * Longest side at which a photograph is searched first, as large as the copy; and closer, when the original
 * has more.
 */
export const LOOK_SIDE = 1_344;
export const CLOSE_SIDE = 2_688;
