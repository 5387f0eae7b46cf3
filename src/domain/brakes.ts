import { Busy, Invalid } from "../errors.ts";
import { type Accident, type Change, type EventType, LETTERS, type Letter } from "./accident.ts";

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
  /** … once by each who types them: whoever opens the same address again guesses nothing */
  rightDigits: { limit: 1, windowMs: 15 * MINUTE_MS },
  /** times that one person joins one case by digits: each is an event, and told to driver A */
  newcomings: { limit: 3, windowMs: 15 * MINUTE_MS },
  /** ratings and complaints of one driver */
  feedback: { limit: 10, windowMs: 24 * HOUR_MS },
  /** wrong digits of everybody: beyond them nobody joins by digits, only by the QR code */
  wrongDigits: { limit: 200, windowMs: 15 * MINUTE_MS },
} as const;

/** Pieces of unfinished pictures, a quarter of a megabyte each, that are kept for an hour. */
export const PIECES = {
  /** of one driver in a case: five pictures at their limit, 60 MB */
  mine: 240,
  /** of everybody: 8 GB. Beyond it … */
  all: 32_768,
  /** … a driver goes on who keeps less than one picture at its limit */
  share: 48,
} as const;

/**
 * Throws Invalid "too-many-unfinished" (429) for a driver who keeps too many pieces, and Busy (503) where
 * everybody together does and this driver has more than their share; only then is counted how many those are.
 */
export async function requirePieceRoom(mine: number, countAll: () => Promise<number>): Promise<void> {
  if (mine >= PIECES.mine) throw new Invalid("too-many-unfinished", { retryAfterS: 600 }, 429);
  if (mine >= PIECES.share && (await countAll()) >= PIECES.all) throw new Busy(30);
}

/** How often a costly call may be made within a sliding window. */
export interface Pace {
  /** by one person, or from one network */
  each: { limit: number; windowMs: number };
  /** by everybody … */
  all?: { limit: number; windowMs: number };
  /** … while who has made fewer than so many is still served: many cannot starve one */
  share?: number;
}

/** Paces of what costs a picture process, memory or the platform a moment; counted over all processes. */
export const PACES = {
  /** pictures that are decoded: a whole case with retakes at once, then one every four seconds */
  pictures: {
    each: { limit: 30, windowMs: 2 * MINUTE_MS },
    all: { limit: 3_000, windowMs: 2 * MINUTE_MS },
    share: 10,
  },
  /** pieces of pictures, a quarter of a megabyte each */
  pieces: { each: { limit: 900, windowMs: 3 * MINUTE_MS } },
  /** photographs that are watermarked, each decoded and encoded anew */
  handouts: {
    each: { limit: 30, windowMs: 2 * MINUTE_MS },
    all: { limit: 1_000, windowMs: 2 * MINUTE_MS },
    share: 5,
  },
  /** licences: a reading takes about a second of two cores and may cost a call of the platform */
  licences: { each: { limit: 8, windowMs: 4 * MINUTE_MS }, all: { limit: 240, windowMs: 4 * MINUTE_MS }, share: 3 },
  /** requests of a sign-in, of which each has two, from one network */
  signIns: { each: { limit: 300, windowMs: MINUTE_MS }, all: { limit: 6_000, windowMs: MINUTE_MS }, share: 20 },
  /** sign-ins of one person: each asks the platform */
  signInsOfPerson: { each: { limit: 60, windowMs: HOUR_MS } },
} as const satisfies Record<string, Pace>;
export type PaceName = keyof typeof PACES;

/** Counts the wrong digits of everybody: while it is at its limit, only the QR code leads into a case. */
export const WRONG_DIGITS = "join-wrong";

const CHANGES_AN_HOUR = 30;
const LANGUAGES_AN_HOUR = 10;
/** Pictures of one driver in one case, those that were announced or sent back included. */
const PICTURES_AN_HOUR = 60;
/** Consents given and withdrawn by one driver in one case. */
const CONSENTS_AN_HOUR = 20;
/** An accident's document holds its events, and a document has an end. */
const MOST_EVENTS = 1_000;
/** … of which one driver can never use up what the other needs */
const MOST_OF_ONE = 400;
/** What the drivers may still do in a case that is full: come to its end, or part. */
const LAST_ACTS: ReadonlySet<EventType> = new Set([
  "ended",
  "agreement-signed",
  "party-removed",
  "evidence-given",
  "letter-opened",
  "letter-received",
  "letter-refused",
]);
const CHANGES = new Set([
  "statement-given",
  "details-given",
  "place-recorded",
  "photo-moved",
  "position-taken",
  "position-dropped",
  "resumed",
  "signature-taken-back",
  "guidance-asked",
  "application-proposed",
]);
const PICTURES = new Set(["photo-announced", "photo-stored", "photo-rejected"]);

/**
 * Throws Invalid "too-many-changes" (429) for a driver who has changed a case thirty times within the hour:
 * each change is kept as an event and told to the other driver.
 */
export function requireCalm({ events, parties }: Pick<Accident, "events" | "parties">, letter: Letter, at: Date): void {
  const changes = countWithinHour({ events, parties }, letter, { at, types: CHANGES });
  if (changes >= CHANGES_AN_HOUR) throw new Invalid("too-many-changes", { retryAfterS: 600 }, 429);
}

/**
 * Throws Invalid "too-many-requests" (429) for a driver who has sent sixty pictures to a case within the
 * hour, retakes included: its record has an end.
 */
export function requireFewPictures(accident: Pick<Accident, "events" | "parties">, letter: Letter, at: Date): void {
  if (countWithinHour(accident, letter, { at, types: PICTURES }) >= PICTURES_AN_HOUR)
    throw new Invalid("too-many-requests", { retryAfterS: 600 }, 429);
}

/** Throws Invalid "too-many-changes" (429) for a driver who gives and withdraws consents without end. */
export function requireFewConsents(accident: Pick<Accident, "events" | "parties">, letter: Letter, at: Date): void {
  const types = new Set(["consent-given", "consent-withdrawn"]);
  if (countWithinHour(accident, letter, { at, types }) >= CONSENTS_AN_HOUR)
    throw new Invalid("too-many-changes", { retryAfterS: 600 }, 429);
}

/** True while a driver's choice of a language is noted in the case; the person keeps it in any case. */
export const mayNoteLanguage = (accident: Accident, letter: Letter, at: Date): boolean =>
  countWithinHour(accident, letter, { at, types: new Set(["language-chosen"]) }) < LANGUAGES_AN_HOUR;

function countWithinHour(
  accident: Pick<Accident, "events" | "parties">,
  letter: Letter,
  { at, types }: { at: Date; types: ReadonlySet<string> },
): number {
  const since = at.getTime() - HOUR_MS;
  return eventsOf(accident, letter).filter((event) => types.has(event.type) && event.at.getTime() >= since).length;
}

/** The events of who is this party now, not of somebody who was taken out. */
function eventsOf({ events, parties }: Pick<Accident, "events" | "parties">, letter: Letter): Accident["events"] {
  const since = parties[letter]?.joinedAt.getTime() ?? 0;
  return events.filter((event) => event.by === letter && event.at.getTime() >= since);
}

/**
 * Throws Invalid "case-full" (429) for what a driver does in a case with a thousand events, or with four
 * hundred of this driver alone; signing, ending and what the system and the insurers report go on.
 */
export function requireEventRoom(accident: Pick<Accident, "events" | "parties">, change: Pick<Change, "events">): void {
  const letter = LETTERS.find((one) => change.events.some(({ by }) => by === one));
  if (!letter || change.events.some(({ type }) => LAST_ACTS.has(type))) return;
  const isTheirsFull = accident.parties[letter] !== null && eventsOf(accident, letter).length >= MOST_OF_ONE;
  if (accident.events.length >= MOST_EVENTS || isTheirsFull) throw new Invalid("case-full", {}, 429);
}
