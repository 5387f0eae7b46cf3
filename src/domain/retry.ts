/**
 * Pauses before each attempt, in seconds. The first is immediate, because an insurer promises a call in
 * minutes; the last comes after more than three days, which spans a weekend's outage.
 */
export const RETRY_SCHEDULE_S = [0, 5, 30, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400] as const;

const JITTER = 0.2;
const SLOW_DOWN_S = 60;
const MAX_RETRY_AFTER_S = 86_400;

export interface FailedAttempt {
  /** made so far, this one included */
  attempts: number;
  /** the receiver throttles (429) or did not answer in time */
  slowDown: boolean;
  /** the receiver's Retry-After, in seconds */
  retryAfterS: number | null;
  /** 0 ≤ random < 1, drawn by the caller */
  random: number;
}

/**
 * Milliseconds until the next attempt, or null when the schedule is used up: a dead letter for an operator.
 */
export function nextAttempt({ attempts, slowDown, retryAfterS, random }: FailedAttempt): number | null {
  const pauseS = RETRY_SCHEDULE_S[attempts];
  if (pauseS === undefined) return null;
  // deliveries that failed together must not come back together
  const jitteredS = pauseS * (1 - JITTER + 2 * JITTER * random);
  const leastS = Math.max(slowDown ? SLOW_DOWN_S : 0, Math.min(retryAfterS ?? 0, MAX_RETRY_AFTER_S));
  return Math.round(Math.max(jitteredS, leastS) * 1000);
}
