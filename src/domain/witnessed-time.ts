/** Time in which no process of ours ran, or that a clock was set forward by: nobody can tell which. */
export interface Gap {
  from: Date;
  to: Date;
}

/** Shorter ones are a restart. */
export const GAP_MS = 3_600_000;
/** What is kept for years may go a week early: gaps up to this count as time there, longer ones wait for the operator's word. */
export const LONG_GAP_MS = 7 * 86_400_000;

/**
 * The moment before which lie `ms` of time that was witnessed, counted back from `now`; the gaps longer than `overMs` do not count. Whoever is
 * older than that has really had his time, even if a clock has jumped ahead.
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

/** What was known until `last`, and the clock now says `now`: a step forward is a gap, a step back takes back what lay ahead. */
export function afterStep(gaps: readonly Gap[], last: Date, now: Date): Gap[] {
  if (now.getTime() - last.getTime() > GAP_MS) return [...gaps, { from: last, to: now }];
  if (last.getTime() - now.getTime() <= GAP_MS) return [...gaps];
  // What is still ahead has not been: a gap that lies there goes, one that reaches there ends now.
  return gaps.filter(({ from }) => from < now).map(({ from, to }) => ({ from, to: to > now ? now : to }));
}
