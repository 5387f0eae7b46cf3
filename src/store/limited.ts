import { SYSTEM_TIMER, type Timer } from "../timer.ts";

/** The database gave no answer in time. */
export class Silence extends Error {
  constructor(ms: number) {
    super(`no answer within ${ms} ms`);
    this.name = "Silence";
  }
}

/** A timer that fires later than this shows that our own process stood still, not the database. */
const LATE_MS = 100;
/** Grace to read answers that have arrived meanwhile. */
const GRACE_MS = 500;

/**
 * The system's timers, with a grace period where this process was too busy to read an answer that had
 * arrived.
 */
export const PATIENT_TIMER: Timer = {
  after(ms, ring) {
    const due = performance.now() + ms;
    let stop = SYSTEM_TIMER.after(ms, () => {
      if (performance.now() - due < LATE_MS) ring();
      else stop = SYSTEM_TIMER.after(GRACE_MS, ring);
    });
    return () => stop();
  },
};

/** Commands under way: each function ends the wait for one. */
export type Running = Set<() => void>;

export interface CommandLimit {
  timer: Timer;
  ms: number;
  running?: Running;
}

/**
 * Returns the work's outcome, or throws a Silence after the limit. Its signal is aborted then, and the driver
 * closes that connection.
 */
export function limited<T>(
  { timer, ms, running }: CommandLimit,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  return new Promise<T>((resolve, reject) => {
    const giveUp = () => {
      end();
      const silence = new Silence(ms);
      // The caller first: it should get the Silence, not the error of the closed connection.
      reject(silence);
      stop.abort(silence);
    };
    const stopTimer = timer.after(ms, giveUp);
    const end = () => {
      stopTimer();
      running?.delete(giveUp);
    };
    running?.add(giveUp);
    work(stop.signal).then(resolve, reject).finally(end);
  });
}
