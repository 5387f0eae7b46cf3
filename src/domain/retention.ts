import type { Accident } from "./accident.ts";

/** How long each class of data is kept, in years. */
export interface Retention {
  /** cases with an agreement or a determination letter, from the last event on */
  caseYears: number;
  /** cases that ended without either, from the last event on */
  endedYears: number;
  /** people, from the last visit on */
  personYears: number;
  /** rows of the officers' access log */
  accessLogYears: number;
}

/**
 * Unless told: an insurance claim expires after two years (Insurance Law art. 26), one more for its
 * consequences. The privacy notice states the first three.
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

/** Returns so many years before `now` in milliseconds: calendar years, so that leap days do not matter. */
export function keptMs(now: Date, years: number): number {
  const before = new Date(now);
  before.setUTCFullYear(before.getUTCFullYear() - years);
  return now.getTime() - before.getTime();
}

type Kept = Pick<Accident, "concludedAt" | "dispute" | "events" | "openedAt">;

/** Returns when a case that is over, and stays so, has been kept for its time. */
export function keptUntil({ concludedAt, dispute, events, openedAt }: Kept, retention: Retention): Date {
  const isSettled = concludedAt !== null || (dispute?.determinations.length ?? 0) > 0;
  const until = new Date(events.at(-1)?.at ?? openedAt);
  until.setUTCFullYear(until.getUTCFullYear() + (isSettled ? retention.caseYears : retention.endedYears));
  return until;
}
