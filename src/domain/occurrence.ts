/** When the accident was, as the drivers say; a case is opened after it. */

const MINUTE_MS = 60_000;
/** An accident that is older is no matter of the roadside any more. */
export const LONGEST_BEFORE_MS = 24 * 60 * MINUTE_MS;

/** What may be said by one touch: so many minutes before the case was opened. */
export const MINUTES_BEFORE = [0, 5, 10, 20, 30] as const;

/** The time so many minutes before the case was opened; a time of an accident is a whole minute. */
export const minutesBefore = (openedAt: Date, minutes: number): Date =>
  new Date((Math.floor(openedAt.getTime() / MINUTE_MS) - minutes) * MINUTE_MS);

export type TimeFault = "time-ahead" | "time-after-opening" | "time-too-early";

/** What is wrong with a stated time, or null. */
export function timeFault(at: Date, { openedAt, now }: { openedAt: Date; now: Date }): TimeFault | null {
  if (at > now) return "time-ahead";
  if (at > openedAt) return "time-after-opening";
  return openedAt.getTime() - at.getTime() > LONGEST_BEFORE_MS ? "time-too-early" : null;
}
