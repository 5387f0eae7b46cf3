/**
 * Pauses before each attempt, in seconds. The first try is at once, an insurer promises the driver a call in minutes; the last
 * comes after more than three days, a weekend's outage included.
 */
export const RETRY_SCHEDULE_S = [0, 5, 30, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400] as const;

const JITTER = 0.2;
const SLOW_DOWN_S = 60;
const MAX_RETRY_AFTER_S = 86_400;

export interface FailedAttempt {
  /** made so far, this one included */
  attempts: number;
  /** he throttles (429) or did not answer in time */
  slowDown: boolean;
  /** what he asked for by Retry-After, in seconds */
  retryAfterS: number | null;
  /** 0 ≤ random < 1, drawn by the caller */
  random: number;
}

/** Milliseconds until the next attempt, or null: the schedule is used up, the delivery is dead and a person has to look. */
export function nextAttempt({ attempts, slowDown, retryAfterS, random }: FailedAttempt): number | null {
  const pauseS = RETRY_SCHEDULE_S[attempts];
  if (pauseS === undefined) return null;
  // many deliveries that failed together must not come back together
  const jitteredS = pauseS * (1 - JITTER + 2 * JITTER * random);
  const leastS = Math.max(slowDown ? SLOW_DOWN_S : 0, Math.min(retryAfterS ?? 0, MAX_RETRY_AFTER_S));
  return Math.round(Math.max(jitteredS, leastS) * 1000);
}
