import { Invalid } from "../errors.ts";
import type { Accident, Letter } from "./accident.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * What one person, or all together, may do within a sliding window; far more than two drivers at the roadside
 * need.
 */
export const BRAKES = {
  /** cases that one driver opens */
  openings: { limit: 5, windowMs: 24 * HOUR_MS },
  /** signatures that one driver draws, accepted or not: each costs a picture process a moment */
  signatures: { limit: 12, windowMs: 10 * MINUTE_MS },
  /** six digits that one driver types */
  digits: { limit: 5, windowMs: 15 * MINUTE_MS },
  /** right digits of one living invitation, whoever types them */
  digitsOfCase: { limit: 20, windowMs: 15 * MINUTE_MS },
  /** wrong digits of everybody: beyond them nobody joins by digits, only by the QR code */
  wrongDigits: { limit: 200, windowMs: 15 * MINUTE_MS },
} as const;

const CHANGES_AN_HOUR = 30;
/** An accident's document holds its events, and a document has an end. */
const MOST_EVENTS = 1_000;
const CHANGES = new Set(["statement-given", "details-given", "place-recorded", "photo-moved", "resumed"]);

/**
 * Throws Invalid "too-many-changes" (429) for a driver who has changed a case thirty times within the hour:
 * each change is kept as an event and told to the other driver.
 */
export function requireCalm({ events, parties }: Accident, letter: Letter, at: Date): void {
  const since = Math.max(at.getTime() - HOUR_MS, parties[letter]?.joinedAt.getTime() ?? 0);
  const changes = events.filter(
    (event) => event.by === letter && CHANGES.has(event.type) && event.at.getTime() >= since,
  );
  if (changes.length >= CHANGES_AN_HOUR || events.length >= MOST_EVENTS)
    throw new Invalid("too-many-changes", { retryAfterS: 600 }, 429);
}
