/** Runs time-outs: the system's timers, or a test's own, which do not fire because the machine is busy. */
export interface Timer {
  /** Calls `ring` once after `ms`, unless the function that it returns is called before. */
  after(ms: number, ring: () => void): () => void;
}

export const SYSTEM_TIMER: Timer = {
  after(ms, ring) {
    const timer = setTimeout(ring, ms);
    return () => clearTimeout(timer);
  },
};

export interface Limit {
  timer: Timer;
  ms: number;
}

/**
 * Returns the promise's result, or after the limit what `late` returns or throws. The work itself cannot be
 * stopped and goes on.
 */
export async function within<T, L>(work: Promise<T>, { timer, ms }: Limit, late: () => L): Promise<T | L> {
  let stop = (): void => {};
  const limit = new Promise<L>((resolve, reject) => {
    stop = timer.after(ms, () => {
      try {
        resolve(late());
      } catch (error) {
        reject(error);
      }
    });
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    stop();
  }
}

/** Does the work with a signal that aborts (TimeoutError) when the limit is reached first. */
export async function limited<T>({ timer, ms }: Limit, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const late = () => controller.abort(new DOMException(`not done in ${ms} ms`, "TimeoutError"));
  const stop = timer.after(ms, late);
  try {
    return await work(controller.signal);
  } finally {
    stop();
  }
}
