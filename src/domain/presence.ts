import { type Accident, type EventType, type Letter, otherOf } from "./accident.ts";
import { JOURNEY, type Step } from "./journey.ts";

/**
 * A page that stays open says so again after this time. At most so often is it written into `seen`, which is
 * kept beside the case and no part of it.
 */
export const SEEN_EVERY_MS = 60_000;

/** What a driver who looks at these steps has read may change after it. */
const TEXT_EVENTS: readonly EventType[] = ["details-given", "statement-given", "place-recorded"];

/** True for a step with something to do: only there does it matter whether its page was opened. */
export const isWatched = (step: Step): boolean => {
  const { waitsFor, isEnd, activity } = JOURNEY[step];
  return !waitsFor && !isEnd && activity !== "joining";
};

/** True when it is to be written that this driver looks at the page of the step now. */
export function isNews({ seen }: Accident, letter: Letter, { step, at }: { step: Step; at: Date }): boolean {
  const last = seen?.[letter]?.[step];
  return isWatched(step) && (!last || at.getTime() - last.getTime() >= SEEN_EVERY_MS);
}

/** A text that differs after every change of the accident and after every look at it. */
export function markOf({ version, seen = {} }: Pick<Accident, "version" | "seen">): string {
  const times = Object.values(seen).flatMap((steps) => Object.values(steps ?? {}).map((at) => at.getTime()));
  return `${version}/${Math.max(0, ...times)}`;
}

/**
 * Whether the other driver has looked at the page of their step, and when last; null where they have nothing
 * to do. A page counts once it was opened since they joined and since its text changed last.
 */
export function lookOf(accident: Accident, letter: Letter, step: Step): { at: Date | null } | null {
  const other = accident.parties[otherOf(letter)];
  if (!other || !isWatched(step)) return null;
  const at = accident.seen?.[otherOf(letter)]?.[step] ?? null;
  return { at: at && at >= latestOf(other.joinedAt, textSince(accident, step)) ? at : null };
}

function textSince({ events }: Accident, step: Step): Date | null {
  const showsBoth = JOURNEY[step].showsAgreement || step === "difference";
  return (showsBoth && events.findLast(({ type }) => TEXT_EVENTS.includes(type))?.at) || null;
}

const latestOf = (a: Date, b: Date | null): Date => (b && b > a ? b : a);

/** An open page says at least once in this time what it shows: its streams live a minute. */
const OPEN_FOR_MS = 75_000;
/** How long a notice waits for an open page to show its news. */
export const SHOWS_WITHIN_MS = 5_000;

/** What a notice tells: news that the case has from this version on. */
export interface News {
  version: number;
  madeAt: Date;
}

/**
 * Whether the driver's open page has shown the news of a notice, or may yet: then the notice waits, a few
 * seconds at most. `no`: no page is open, or it has not shown it in time.
 */
export function showingOf({ shown }: Accident, letter: Letter, { version, madeAt, at }: News & { at: Date }): Showing {
  const last = shown?.[letter];
  if (!last) return "no";
  if (last.version >= version) return "yes";
  const isOpen = at.getTime() - last.at.getTime() <= OPEN_FOR_MS;
  return isOpen && at.getTime() - madeAt.getTime() < SHOWS_WITHIN_MS ? "perhaps" : "no";
}
export type Showing = "yes" | "perhaps" | "no";

/** True when it is to be written that this driver's open page shows this version. */
export function isNewlyShown(
  { shown }: Accident,
  letter: Letter,
  { version, at }: { version: number; at: Date },
): boolean {
  const last = shown?.[letter];
  return !last || version > last.version || at.getTime() - last.at.getTime() >= SEEN_EVERY_MS;
}
