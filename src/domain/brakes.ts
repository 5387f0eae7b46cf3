import { Invalid } from "../errors.ts";
import type { Accident, Change, EventType, Letter } from "./accident.ts";

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
  /** ratings and complaints of one driver */
  feedback: { limit: 10, windowMs: 24 * HOUR_MS },
  /** wrong digits of everybody: beyond them nobody joins by digits, only by the QR code */
  wrongDigits: { limit: 200, windowMs: 15 * MINUTE_MS },
} as const;

/** Counts the wrong digits of everybody: while it is at its limit, only the QR code leads into a case. */
export const WRONG_DIGITS = "join-wrong";

const CHANGES_AN_HOUR = 30;
const LANGUAGES_AN_HOUR = 10;
/** An accident's document holds its events, and a document has an end. */
const MOST_EVENTS = 1_000;
/** What the drivers may still do in a case that is full: come to its end, or part. */
const LAST_ACTS: ReadonlySet<EventType> = new Set(["ended", "agreement-signed", "party-removed"]);
const CHANGES = new Set([
  "statement-given",
  "details-given",
  "place-recorded",
  "photo-moved",
  "position-taken",
  "position-dropped",
  "resumed",
  "signature-taken-back",
]);

/**
 * Throws Invalid "too-many-changes" (429) for a driver who has changed a case thirty times within the hour:
 * each change is kept as an event and told to the other driver.
 */
export function requireCalm({ events, parties }: Pick<Accident, "events" | "parties">, letter: Letter, at: Date): void {
  const changes = countWithinHour({ events, parties }, letter, { at, types: CHANGES });
  if (changes >= CHANGES_AN_HOUR) throw new Invalid("too-many-changes", { retryAfterS: 600 }, 429);
}

/** True while a driver's choice of a language is noted in the case; the person keeps it in any case. */
export const mayNoteLanguage = (accident: Accident, letter: Letter, at: Date): boolean =>
  countWithinHour(accident, letter, { at, types: new Set(["language-chosen"]) }) < LANGUAGES_AN_HOUR;

function countWithinHour(
  { events, parties }: Pick<Accident, "events" | "parties">,
  letter: Letter,
  { at, types }: { at: Date; types: ReadonlySet<string> },
): number {
  const since = Math.max(at.getTime() - HOUR_MS, parties[letter]?.joinedAt.getTime() ?? 0);
  return events.filter((event) => event.by === letter && types.has(event.type) && event.at.getTime() >= since).length;
}

/**
 * Throws Invalid "case-full" (429) for what a driver does in a case with a thousand events; signing, ending
 * and what the system and the insurers report go on.
 */
export function requireEventRoom({ events }: Pick<Accident, "events">, change: Pick<Change, "events">): void {
  if (events.length < MOST_EVENTS) return;
  const isDrivers = change.events.some(({ by }) => by === "A" || by === "B");
  if (isDrivers && !change.events.some(({ type }) => LAST_ACTS.has(type))) throw new Invalid("case-full", {}, 429);
}
