import { type Accident, type EndCode, isRunning, type Language, type Letter } from "./accident.ts";
import { type Determination, isAnswered, isServed, standingLetter } from "./determination.ts";
import { type Catalogue, compareStatements } from "./liability.ts";
import type { Role } from "./officer.ts";

/**
 * What became of a disagreement (Order 146 arts. 20, 23–26). Guidance and a joint application run beside each
 * other, each with a state of its own; the drivers may still agree by themselves at any time before a letter.
 */
export interface Dispute {
  /** each time guidance was asked for; the last one counts */
  guidance: Guidance[];
  /** each joint application that a driver proposed; the last one counts */
  applications: Application[];
  determinations: Determination[];
  /** entered later by an officer: the letter that was written on the spot */
  spotLetter: SpotLetter | null;
}

export const NO_DISPUTE: Dispute = { guidance: [], applications: [], determinations: [], spotLetter: null };

/** Who has a case in hand; drivers are told the office and the district, never who it is. */
export interface Handler {
  officerId: string;
  role: Role;
  district: string | null;
  since: Date;
}

/** Guidance 远程指导 (art. 20 II): one driver asks; nothing is decided by it. */
export interface Guidance {
  state: GuidanceState;
  askedBy: Letter;
  askedAt: Date;
  handler: Handler | null;
  given: GivenGuidance | null;
  /** when it was last put back into the queue */
  queuedAt?: Date;
  /** when both were told that no officer has come yet, in the present wait */
  lateAt: Date | null;
}
export const GUIDANCE_STATES = ["asked", "taken", "given", "withdrawn", "settled", "over"] as const;
export type GuidanceState = (typeof GUIDANCE_STATES)[number];

/** What an officer said, in Chinese, and where it was written, in English. */
export interface GivenGuidance {
  at: Date;
  how: "message" | "phone";
  text: string;
  textEn?: string;
}

/** Guidance in a driver's own language, where it was written in it. */
export const guidanceText = ({ text, textEn }: Pick<GivenGuidance, "text" | "textEn">, language: Language): string =>
  language === "en" && textEn ? textEn : text;

/** Joint application 共同申请在线定责 (art. 20 I): one driver proposes, the other agrees. */
export interface Application {
  state: ApplicationState;
  proposedBy: Letter;
  proposedAt: Date;
  /** when the other driver agreed; from then on it waits for an officer */
  appliedAt: Date | null;
  /** when an officer first took it: the days for the letter count from then (art. 24); absent: none has */
  acceptedAt?: Date;
  /** when both were told that these days have passed without a letter */
  overdueAt?: Date;
  /** when an officer, or the clock, last put it back into the queue */
  queuedAt?: Date;
  handler: Handler | null;
  requests: EvidenceRequest[];
  returned: { at: Date; reason: ReturnReason; text: string } | null;
  /** when both were told that no officer has taken it yet, in the present wait */
  lateAt: Date | null;
}
export const APPLICATION_STATES = [
  "proposed",
  "refused",
  "lapsed",
  "withdrawn",
  "applied",
  "in-hand",
  "evidence-asked",
  "returned",
  "settled",
  "determined",
  "over",
] as const;
export type ApplicationState = (typeof APPLICATION_STATES)[number];

/** The parties agree after all; what there is does not suffice; no officer took it in time. */
export const RETURN_REASONS = ["agree-after-all", "not-enough", "not-taken"] as const;
export type ReturnReason = (typeof RETURN_REASONS)[number];

/** An officer asks one driver for a picture or a sentence. */
export interface EvidenceRequest {
  /** from 1, within the application */
  id: number;
  to: Letter;
  what: "picture" | "sentence";
  text: string;
  askedAt: Date;
  until: Date;
  answer: { at: Date; text: string; photoIds: string[] } | null;
  /** the time ran out without an answer */
  lapsedAt: Date | null;
}

/**
 * A determination that an officer wrote on the spot, entered for the record. It goes to no insurer: nobody
 * has consented to that here, so the drivers report with the letter themselves.
 */
export interface SpotLetter {
  number: string;
  degrees: Determination["content"]["parties"] extends Record<Letter, { degree: infer D }> ? Record<Letter, D> : never;
  by: string;
  at: Date;
  /** what stood before a supervisor corrected it, with the reason; the oldest first */
  earlier?: (Pick<SpotLetter, "number" | "degrees" | "by" | "at"> & { reason: string })[];
}

/** Ends after which the control room sends an officer, who may write a letter on the spot. */
export const ENDS_WITH_POLICE: readonly EndCode[] = [
  "on-the-spot",
  "dispute",
  "call-now",
  "hold-scene",
  "move-then-call",
];

/** True where an officer's letter from the spot may be entered: the case ended so, and none stands in it. */
export const awaitsSpotLetter = ({ ended, dispute }: Pick<Accident, "ended" | "dispute">): boolean =>
  ended !== null && ENDS_WITH_POLICE.includes(ended.code) && !dispute?.spotLetter;

/** Ends that an officer may give a case which is none for a simplified determination. */
export const NOT_OURS: readonly EndCode[] = ["hold-scene", "move-then-call", "call-now"];

/** An application that an officer has or may take. */
const WITH_POLICE: ReadonlySet<string> = new Set<ApplicationState>(["applied", "in-hand", "evidence-asked"]);

type Disputed = Pick<Accident, "dispute">;

export const lastGuidance = ({ dispute }: Disputed): Guidance | null => dispute?.guidance.at(-1) ?? null;
export const lastApplication = ({ dispute }: Disputed): Application | null => dispute?.applications.at(-1) ?? null;
export const guidanceState = (accident: Disputed): GuidanceState | "none" => lastGuidance(accident)?.state ?? "none";
export const applicationState = (accident: Disputed): ApplicationState | "none" =>
  lastApplication(accident)?.state ?? "none";

/** True from the other driver's agreement until the application's end: the drivers wait for an officer. */
export const isWithPolice = (accident: Disputed): boolean => WITH_POLICE.has(applicationState(accident));

export const letterOf = ({ dispute }: Disputed): Determination | null =>
  standingLetter(dispute?.determinations ?? []) ?? null;

/** True once a letter was issued: the drivers have nothing left to state or sign. */
export const isDetermined = (accident: Disputed): boolean => letterOf(accident) !== null;

/** True once both have the letter. */
export const isServedOnBoth = (accident: Disputed): boolean => {
  const letter = letterOf(accident);
  return letter !== null && isServed(letter);
};

export const isAnsweredRequest = ({ answer, lapsedAt }: EvidenceRequest): boolean =>
  answer !== null || lapsedAt !== null;

/** The requests of an officer that this driver has still to answer; they outlast the officer who asked. */
export const openRequests = (accident: Disputed, letter: Letter): EvidenceRequest[] =>
  isWithPolice(accident)
    ? (lastApplication(accident)?.requests ?? []).filter((one) => one.to === letter && !isAnsweredRequest(one))
    : [];

/** The state of an application that an officer has: it follows from what is still to be answered. */
export const stateInHand = ({ requests }: Pick<Application, "requests">): ApplicationState =>
  requests.every(isAnsweredRequest) ? "in-hand" : "evidence-asked";

const OPEN_GUIDANCE: readonly string[] = ["asked", "taken"] satisfies GuidanceState[];
const OPEN_APPLICATION: readonly string[] = [
  "proposed",
  "applied",
  "in-hand",
  "evidence-asked",
] satisfies ApplicationState[];

/** Who has the guidance, or the application, in hand now. */
export const guidanceHandler = (accident: Disputed): Handler | null =>
  guidanceState(accident) === "taken" ? (lastGuidance(accident)?.handler ?? null) : null;
export const applicationHandler = (accident: Disputed): Handler | null =>
  isWithPolice(accident) ? (lastApplication(accident)?.handler ?? null) : null;

/** Since when the days for the letter run; older documents say it by their handler alone. */
export const acceptedSince = ({ acceptedAt, handler }: Pick<Application, "acceptedAt" | "handler">): Date | null =>
  acceptedAt ?? handler?.since ?? null;

/**
 * The district that a case keeps whatever its drivers correct: that of the police who guide or decide, from
 * whom no driver may take it. Null: none is kept, or none is known yet.
 */
export const keptDistrict = (accident: Pick<Accident, "dispute" | "district">): string | null =>
  isWithPolice(accident) || guidanceHandler(accident) ? accident.district : null;

/** Closes what the police were asked for, because the case has come to its end without it. */
export function withoutOpenDispute<A extends Disputed>(accident: A): A {
  const { dispute } = accident;
  const [guidance, application] = [lastGuidance(accident), lastApplication(accident)];
  if (!dispute) return accident;
  const isGuidanceOpen = guidance && OPEN_GUIDANCE.includes(guidance.state);
  const isApplicationOpen = application && OPEN_APPLICATION.includes(application.state);
  if (!isGuidanceOpen && !isApplicationOpen) return accident;
  return {
    ...accident,
    dispute: {
      ...dispute,
      ...(isGuidanceOpen && { guidance: [...dispute.guidance.slice(0, -1), { ...guidance, state: "over" }] }),
      ...(isApplicationOpen && {
        applications: [...dispute.applications.slice(0, -1), { ...application, state: "over" }],
      }),
    },
  };
}

/** Both have stated, and not alike or what may not be settled here. */
export function isDisagreement(accident: Accident, catalogue: Catalogue): boolean {
  const { kind } = compareStatements(accident, catalogue);
  return kind === "different" || kind === "not-here";
}

/**
 * What waits for an officer or is in one's hands; null: nothing. Stored beside the document, for the queue.
 * Guidance that nobody gives yet comes first, since people stand at the road; once somebody has it in hand,
 * the application beside it waits for an officer by itself, and whoever takes that has the whole case.
 */
export interface Waiting {
  kind: "guidance" | "application" | "service";
  /**
   * people stand at the road for guidance; an application counts from both drivers' word, a letter from the
   * day on which its service may be confirmed
   */
  since: Date;
  officerId: string | null;
}

export function waitingForOfficer(accident: Accident): Waiting | null {
  if (!isRunning(accident)) return waitingForService(accident);
  const [guidance, application] = [lastGuidance(accident), lastApplication(accident)];
  const officerId = applicationHandler(accident)?.officerId ?? null;
  const isUnguided = guidance?.state === "asked" && !officerId;
  if (application && isWithPolice(accident) && !isUnguided)
    return { kind: "application", since: application.appliedAt ?? application.proposedAt, officerId };
  if (!guidance || !OPEN_GUIDANCE.includes(guidance.state)) return null;
  return { kind: "guidance", since: guidance.askedAt, officerId: guidanceHandler(accident)?.officerId ?? null };
}

/** A letter whose time for service has run out stays in the queue until each party has it. */
function waitingForService(accident: Accident): Waiting | null {
  const letter = letterOf(accident);
  if (accident.ended || !letter?.serviceLateAt || isAnswered(letter)) return null;
  return { kind: "service", since: letter.serviceLateAt, officerId: null };
}
