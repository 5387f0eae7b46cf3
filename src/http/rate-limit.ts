import { Invalid } from "../errors.ts";

export interface RateLimit {
  /** Throws as `take` would, and counts nothing: asked before a body is read. */
  ask(key: string): void;
  /** Counts one call of this caller; throws Invalid "too-many-requests" (429) beyond the limit. */
  take(key: string): void;
  /** Takes back a call that failed for lack of capacity: it does not count. */
  giveBack(key: string): void;
}

const MAX_KEYS = 10_000;

/**
 * Creates a token bucket per caller, in this process only: a brake for costly calls, not a quota. `capacity`
 * at once, then `perMinute`.
 */
export function createRateLimit({
  capacity,
  perMinute,
  now,
}: {
  capacity: number;
  perMinute: number;
  now: () => Date;
}): RateLimit {
  const buckets = new Map<string, { left: number; at: number }>();
  /** What is left to the caller now: at least one, or it throws. */
  const leftOf = (key: string, at: number): number => {
    const bucket = buckets.get(key) ?? { left: capacity, at };
    const left = Math.min(capacity, bucket.left + ((at - bucket.at) / 60_000) * perMinute);
    if (left < 1) throw new Invalid("too-many-requests", { retryAfterS: Math.ceil(60 / perMinute) }, 429);
    return left;
  };
  return {
    ask(key) {
      leftOf(key, now().getTime());
    },
    take(key) {
      const at = now().getTime();
      const left = leftOf(key, at);
      // Moved to the end: the caller that is forgotten first has been silent longest.
      buckets.delete(key);
      buckets.set(key, { left: left - 1, at });
      const [oldest] = buckets.keys();
      if (buckets.size > MAX_KEYS && oldest !== undefined) buckets.delete(oldest);
    },
    giveBack(key) {
      const bucket = buckets.get(key);
      if (bucket) bucket.left = Math.min(capacity, bucket.left + 1);
    },
  };
}
