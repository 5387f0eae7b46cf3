/** The two mandatory plate pictures and four more of a hundred accidents at once; who comes later is told when to come again. */
export const READER_LIMITS = {
  waiting: 200,
  /** in the memory of the server */
  waitingBytes: 64 * 1024 * 1024,
  retryAfterS: 10,
  /** a process that has grown beyond is replaced before its next picture */
  processBytes: 320 * 1024 * 1024,
  /** without a picture for so long the process is ended: the models are 120 MB */
  idleMs: 10 * 60_000,
};

export type ReaderLimits = typeof READER_LIMITS;

/** Longest side at which a photograph is looked at first, as large as the copy; and closer, where the original has more. */
export const LOOK_SIDE = 1_344;
export const CLOSE_SIDE = 2_688;
