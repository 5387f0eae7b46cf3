import { Invalid } from "../errors.ts";

export interface RateLimit {
  /** Counts one call of this caller; throws Invalid "too-many-requests" (429) beyond the limit. */
  take(key: string): void;
}

const MAX_KEYS = 10_000;

/**
 * Creates a token bucket per caller for what this process alone has to bear, such as its open streams; what
 * costs all of them is counted in the database (pace.ts). `capacity` at once, then `perMinute`.
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
  return {
    take(key) {
      const at = now().getTime();
      const bucket = buckets.get(key) ?? { left: capacity, at };
      const left = Math.min(capacity, bucket.left + ((at - bucket.at) / 60_000) * perMinute);
      if (left < 1) throw new Invalid("too-many-requests", { retryAfterS: Math.ceil(60 / perMinute) }, 429);
      // Moved to the end: the caller that is forgotten first has been silent longest.
      buckets.delete(key);
      buckets.set(key, { left: left - 1, at });
      const [oldest] = buckets.keys();
      if (buckets.size > MAX_KEYS && oldest !== undefined) buckets.delete(oldest);
    },
  };
}
