import { type Accident, isRunning, type Letter, otherOf, type Party } from "./accident.ts";
import type { Activity } from "./activity.ts";
import { isDetermined, isWithPolice, openRequests } from "./dispute.ts";
import { type Catalogue, compareStatements } from "./liability.ts";
import { isSent, PHOTO_SLOTS, type PhotoSlot } from "./photo.ts";

export type { Activity } from "./activity.ts";

/** The case from one driver's side: what a step is judged by. */
interface Standpoint {
  accident: Accident;
  letter: Letter;
  me: Party | null;
  other: Party | null;
  catalogue: Catalogue;
}

/** Moments at which the page of a step opens or closes, other than the driver's arrival and leaving. */
const MOMENTS = {
  "photos-safe": ({ accident }: Standpoint) => photosAreSafe(accident),
  "cars-moved": ({ accident }: Standpoint) => accident.movedAt !== null,
  "newcomer-asks": ({ other }: Standpoint) => Boolean(other?.newcomer),
  "own-signature": ({ me }: Standpoint) => Boolean(me?.signature),
};
export type Moment = keyof typeof MOMENTS;

/** One step of the drivers' way. */
export interface Stage {
  of: Letter | "both";
  /** true once this driver has passed it */
  isDone(at: Standpoint): boolean;
  /** the same in words, for docs/journey.md */
  doneWhen: string;
  /** from when on its page is open; left out: from the driver's arrival at it */
  opensAt?: Moment;
  /** until when its page stays open for corrections; left out: until the driver goes on */
  closesAt?: Moment;
  /** about how long it takes; left out: the driver has nothing to do there that is counted */
  minutes?: number;
  /** what the other driver is told meanwhile */
  activity: Activity;
  /** what this driver waits for; left out: the driver has something to do */
  waitsFor?: "joining" | "admission" | "entries" | "signature" | "officer";
  /** the agreement, with the data of both drivers, may be read (Order 146 art. 21) */
  showsAgreement?: true;
  /** what was given here may be corrected by the other driver, too, while that driver has not signed */
  isSharedOnceDone?: true;
  /** nothing follows: no other page of the way is open */
  isEnd?: true;
}

/** The way of both drivers, in its order: a driver stands at the first step of theirs that is not done. */
const STAGES = {
  ended: {
    of: "both",
    activity: "done",
    isEnd: true,
    isDone: ({ accident }) => accident.ended === null,
    doneWhen: "the case goes on, or is taken up again",
  },
  done: {
    of: "both",
    activity: "done",
    isEnd: true,
    showsAgreement: true,
    isDone: ({ accident }) => accident.concludedAt === null,
    doneWhen: "a signature is missing",
  },
  letter: {
    of: "both",
    activity: "done",
    isEnd: true,
    isDone: ({ accident }) => !isDetermined(accident),
    doneWhen: "no determination letter was issued",
  },
  safety: {
    of: "A",
    activity: "joining",
    isDone: ({ me }) => hasDeclared(me),
    doneWhen: "consent given, none of the exceptions declared",
  },
  join: {
    of: "B",
    activity: "joining",
    isDone: ({ me }) => hasDeclared(me),
    doneWhen: "joined by invitation, consent given, none of the exceptions declared",
  },
  admission: {
    of: "B",
    activity: "asking",
    waitsFor: "admission",
    isDone: ({ me }) => !me?.newcomer,
    doneWhen: "driver A has said yes to a driver who joined by six digits",
  },
  photos: {
    of: "A",
    minutes: 2,
    activity: "photos",
    closesAt: "cars-moved",
    isDone: ({ accident }) => photosAreSafe(accident),
    doneWhen: "the bytes of all five photographs are stored",
  },
  move: {
    of: "A",
    minutes: 1,
    activity: "moving",
    isDone: ({ accident }) => accident.movedAt !== null,
    doneWhen: "the cars are off the road",
  },
  place: {
    of: "A",
    minutes: 1,
    activity: "place",
    closesAt: "own-signature",
    isSharedOnceDone: true,
    isDone: ({ accident }) => placeIsKnown(accident),
    doneWhen: "place, time and weather recorded",
  },
  details: {
    of: "both",
    minutes: 2,
    activity: "details",
    closesAt: "own-signature",
    isDone: ({ me }) => Boolean(me?.details),
    doneWhen: "driver and car entered",
  },
  statement: {
    of: "both",
    minutes: 1,
    activity: "statement",
    closesAt: "own-signature",
    isDone: ({ me }) => Boolean(me?.statement),
    doneWhen: "what happened is stated",
  },
  admit: {
    of: "A",
    activity: "deciding",
    opensAt: "newcomer-asks",
    isDone: ({ other }) => !other?.newcomer,
    doneWhen: "nobody who joined by six digits waits for a yes",
  },
  invite: {
    of: "A",
    activity: "waiting",
    waitsFor: "joining",
    opensAt: "photos-safe",
    isDone: ({ other }) => Boolean(other?.clearedAt && !other.newcomer),
    doneWhen: "the other driver has joined",
  },
  evidence: {
    of: "both",
    activity: "evidence",
    isDone: ({ accident, letter }) => openRequests(accident, letter).length === 0,
    doneWhen: "nothing that an officer asks this driver for is open",
  },
  decision: {
    of: "both",
    activity: "waiting",
    waitsFor: "officer",
    isDone: ({ accident }) => !isWithPolice(accident),
    doneWhen: "no joint application is with the police",
  },
  "wait-statement": {
    of: "both",
    activity: "waiting",
    waitsFor: "entries",
    isDone: ({ other }) => Boolean(other?.statement),
    doneWhen: "the other driver has stated what happened",
  },
  difference: {
    of: "both",
    activity: "comparing",
    isDone: ({ accident, catalogue }) => compareStatements(accident, catalogue).kind === "settled",
    doneWhen: "both statements agree on what may be settled here",
  },
  "wait-details": {
    of: "both",
    activity: "waiting",
    waitsFor: "entries",
    isDone: ({ accident, other }) => Boolean(other?.details) && placeIsKnown(accident) && photosAreSafe(accident),
    doneWhen: "the other driver has entered everything, too",
  },
  sign: {
    of: "both",
    minutes: 1,
    activity: "reading",
    showsAgreement: true,
    isDone: ({ me }) => Boolean(me?.signature),
    doneWhen: "signed",
  },
  "wait-signature": {
    of: "both",
    activity: "signed",
    waitsFor: "signature",
    showsAgreement: true,
    isDone: ({ accident }) => accident.concludedAt !== null,
    doneWhen: "the other driver has signed",
  },
} satisfies Record<string, Stage>;

export type Step = keyof typeof STAGES;
/** Steps at which a driver waits for what the other, who has joined, has to do. */
export type WaitingStep = {
  [Name in Step]: (typeof STAGES)[Name] extends { waitsFor: "entries" | "signature" } ? Name : never;
}[Step];
export const JOURNEY: Readonly<Record<Step, Stage>> = STAGES;
/** in the order of the way */
export const STEPS = Object.keys(STAGES) as readonly Step[];

/** The mandatory slots without a picture, in order. An announced picture counts, a delayed one does not. */
export function missingSlots(accident: Accident): PhotoSlot[] {
  return PHOTO_SLOTS.filter((slot) => !accident.photos.some((photo) => photo.slot === slot && isSent(photo)));
}

/**
 * True once the bytes of all five mandatory photographs are safe here: only then "you may move" (Order 146
 * art. 19).
 */
export function photosAreSafe(accident: Accident): boolean {
  return PHOTO_SLOTS.every((slot) => accident.photos.some((photo) => photo.slot === slot && photo.state === "stored"));
}

/** Order 146 art. 21 wants the time and the weather as well as the place. */
const placeIsKnown = ({ scene }: Accident): boolean => Boolean(scene.address && scene.weather && scene.occurredAt);

const hasDeclared = (party: Party | null): boolean => Boolean(party?.consent && party.clearedAt);

const standpoint = (accident: Accident, letter: Letter, catalogue: Catalogue): Standpoint => ({
  accident,
  letter,
  me: accident.parties[letter],
  other: accident.parties[otherOf(letter)],
  catalogue,
});

/** True when the step is on this driver's way. */
export const isOf = (step: Step, letter: Letter): boolean => JOURNEY[step].of === "both" || JOURNEY[step].of === letter;

/** True when this driver gives what the step asks for, or may correct what the other has given. */
const isShared = (step: Step, letter: Letter, at: Standpoint): boolean =>
  isOf(step, letter) || (JOURNEY[step].isSharedOnceDone === true && JOURNEY[step].isDone(at));

/** The step that this driver has to take now; both may work at the same time. */
export function stepOf(accident: Accident, letter: Letter, catalogue: Catalogue): Step {
  const at = standpoint(accident, letter, catalogue);
  return STEPS.find((step) => isOf(step, letter) && !JOURNEY[step].isDone(at)) ?? "done";
}

/** True when what was given at the step can no longer be changed by a driver who is at `here`. */
function isClosed(step: Step, here: Step, at: Standpoint): boolean {
  const { closesAt } = JOURNEY[step];
  return closesAt ? MOMENTS[closesAt](at) : STEPS.indexOf(step) < STEPS.indexOf(here);
}

function hasOpened(step: Step, here: Step, at: Standpoint): boolean {
  const { opensAt } = JOURNEY[step];
  return opensAt ? MOMENTS[opensAt](at) : STEPS.indexOf(step) <= STEPS.indexOf(here);
}

/**
 * The steps whose pages are open to this driver: the own one, and those that may be seen or corrected beside
 * it.
 */
export function openSteps(accident: Accident, letter: Letter, catalogue: Catalogue): Step[] {
  const here = stepOf(accident, letter, catalogue);
  if (JOURNEY[here].isEnd) return [here];
  const at = standpoint(accident, letter, catalogue);
  const isOpen = (step: Step) => isShared(step, letter, at) && hasOpened(step, here, at) && !isClosed(step, here, at);
  return STEPS.filter((step) => step === here || isOpen(step));
}

/** True while this driver may give or change what the step asks for; it may be given early. */
export function mayGive(step: Step, accident: Accident, letter: Letter, catalogue: Catalogue): boolean {
  const here = stepOf(accident, letter, catalogue);
  const at = standpoint(accident, letter, catalogue);
  if (JOURNEY[here].isEnd || !isShared(step, letter, at)) return false;
  return !isClosed(step, here, at);
}

/** A may take out whoever joined by mistake, until one of them has signed. */
export function mayRemoveOther(accident: Accident, letter: Letter): boolean {
  const { A, B } = accident.parties;
  return letter === "A" && isRunning(accident) && !isWithPolice(accident) && !A.signature && !B?.signature;
}

/** Signing is open when everything of art. 21 is there and both statements agree. */
export function mayBeSigned(accident: Accident, letter: Letter, catalogue: Catalogue): boolean {
  return stepOf(accident, letter, catalogue) === "sign";
}
