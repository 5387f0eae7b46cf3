/** A period in which no process ran, or by which a clock was set forward: the two look the same. */
export interface Gap {
  from: Date;
  to: Date;
}

/** Shorter periods are restarts. */
export const GAP_MS = 3_600_000;
/**
 * Records kept for years may be erased a week early: gaps up to this count as time there, longer ones need
 * the operator's confirmation.
 */
export const LONG_GAP_MS = 7 * 86_400_000;

/**
 * Returns the time that lies `ms` of witnessed time before `now`; gaps longer than `overMs` do not count.
 * Anything older has really lived that long, even if a clock has jumped ahead.
 */
export function witnessedAgo(now: Date, ms: number, gaps: readonly Gap[], overMs = 0): Date {
  let left = ms;
  let until = now.getTime();
  const counting = gaps.filter(({ from, to }) => to.getTime() - from.getTime() > overMs);
  for (const { from, to } of counting.toSorted((a, b) => b.to.getTime() - a.to.getTime())) {
    const witnessed = Math.max(0, until - to.getTime());
    if (witnessed >= left) break;
    left -= witnessed;
    until = Math.min(until, from.getTime());
  }
  return new Date(until - left);
}

/**
 * Returns the gaps after the clock moved from `last` to `now`: a step forward adds a gap, a step back removes
 * what lies in the future.
 */
export function afterStep(gaps: readonly Gap[], last: Date, now: Date): Gap[] {
  if (now.getTime() - last.getTime() > GAP_MS) return [...gaps, { from: last, to: now }];
  if (last.getTime() - now.getTime() <= GAP_MS) return [...gaps];
  // Gaps in the future are dropped; one that reaches into it ends now.
  return gaps.filter(({ from }) => from < now).map(({ from, to }) => ({ from, to: to > now ? now : to }));
}
