/**
 * Years for which a settled case is kept: an insurance claim expires after two years (Insurance Law art. 26),
 * one more for its consequences. The privacy notice states it.
 */
export const KEPT_YEARS = 3;

/**
 * For so long a photograph that was taken again, or whose driver was removed, and a signature that was taken
 * back stay: an answer that was lost comes again meanwhile. The privacy notice states it.
 */
export const SPARE_MS = 24 * 3600_000;

/**
 * Share of all records that one day may erase: eleven times the regular share of three years, so that only a
 * fault reaches it.
 */
const SHARE_A_DAY = 0.01;
const LEAST_A_DAY = 10;

/** Returns how many cases and people one day may erase without an operator's confirmation. */
export const mostADay = ({ cases, people }: { cases: number; people: number }) => {
  const share = (all: number) => Math.max(LEAST_A_DAY, Math.ceil(all * SHARE_A_DAY));
  return { cases: share(cases), people: share(people) };
};

/** Returns the retention in milliseconds, counted in calendar years so that leap days do not matter. */
export function keptMs(now: Date): number {
  const before = new Date(now);
  before.setUTCFullYear(before.getUTCFullYear() - KEPT_YEARS);
  return now.getTime() - before.getTime();
}

/** Returns when a case whose last event was then has been kept for its time. */
export function keptUntil(lastEvent: Date): Date {
  const until = new Date(lastEvent);
  until.setUTCFullYear(until.getUTCFullYear() + KEPT_YEARS);
  return until;
}
