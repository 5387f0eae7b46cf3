/** The accident as the rules see it: plain values, already decrypted; one document in the store. */

import type { CarSaid } from "./car.ts";
import type { CaseOfPerson } from "./case-of-person.ts";
import type { Dispute } from "./dispute.ts";
import type { EventType } from "./event-types.ts";
import type { Hold } from "./hold.ts";
import type { IdKind } from "./id-kind.ts";
import type { Claim } from "./insurance-claim.ts";
import type { Letter } from "./letter.ts";
import type { OutboxEntry } from "./outbox.ts";
import type { Photo, PhotoSlot } from "./photo.ts";
import type { Position } from "./position.ts";

export { EVENT_TYPES, type EventType } from "./event-types.ts";
export { CLAIM_PATH, CLAIM_STATUSES, type Claim, type ClaimStatus } from "./insurance-claim.ts";
export { LETTERS, type Letter } from "./letter.ts";
export { OUTBOX_KINDS, type OutboxEntry } from "./outbox.ts";
export type { Position } from "./position.ts";

export const otherOf = (letter: Letter): Letter => (letter === "A" ? "B" : "A");

export const WEATHERS = ["sunny", "overcast", "rain", "snow", "fog", "other"] as const;
export type Weather = (typeof WEATHERS)[number];

/** Where a car was hit, seen from above, clockwise from its nose. */
export const IMPACT_POINTS = [
  "front",
  "front-right",
  "right",
  "rear-right",
  "rear",
  "rear-left",
  "left",
  "front-left",
] as const;
export type ImpactPoint = (typeof IMPACT_POINTS)[number];

/** Degrees that drivers may agree on; main and secondary are determined by an officer (Order 146 art. 60). */
export type Degree = "full" | "equal" | "none";

export const LANGUAGES = ["zh", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

/** A person who has written to the account. `id` is a keyed hash of the openid. */
export interface Person {
  id: string;
  openid: string;
  language: Language;
  /** the language is this person's own; else it is the account's */
  choseLanguage?: true;
  /** sessions that began before are void: signed out everywhere, or ended by the operator */
  sessionsFrom?: Date;
  /** has not agreed to the privacy notice: nothing that names this person is stored */
  isGuest?: true;
  /** a text that no channel could send waits for the next answer */
  hasUnsaid?: boolean;
  /** The cases that this person had come into at that time, in no order; may hold another person's. */
  cases?: readonly CaseOfPerson[];
}

/** How a party is identified. A later way (a second person on the same phone) gets a kind of its own. */
export interface Identity {
  kind: "wechat";
  /** keyed hash of the openid, for comparing and looking up; the openid itself is sealed in `people` */
  personId: string;
}

/** A driver's own data and car, entered by that driver (Order 146 art. 21). */
export interface Details extends CarSaid {
  name: string;
  idKind: IdKind;
  idNumber: string;
  phone: string;
  plate: string;
  /** 号牌种类 of GA/T 16.7: "02" small car, "52" small new-energy car … */
  vehicleKind: string;
  /** 车辆类型 as the vehicle licence has it, such as 小型轿车; left out: nobody read it */
  vehicleType?: string;
  /** a code of config insurers, or "other" / "unknown" */
  insurerCode: string;
  /** name typed when insurerCode is "other" */
  insurerName: string | null;
  /** 保险凭证号; null is printed as 当场未提供 */
  policyNumber: string | null;
}

/**
 * A driver's account: both acts (ids of the liability catalogue, "none" = nothing wrong), point of impact.
 */
export interface Statement {
  ownAct: string;
  otherAct: string;
  impact: ImpactPoint;
  /** the driver's own words, at most 200 characters, may be empty */
  note: string;
  statedAt: Date;
}

export interface Signature {
  /** digest of the agreement's content that was on the driver's screen */
  contentDigest: string;
  /** the drawn signature (PNG) in the blob store */
  imageSha256: string;
  /**
   * version of the notice under which signing electronically was agreed to; absent in signatures from before
   * that tick
   */
  electronic?: string;
  /** separate consent to forward the claim to the insurers (PIPL art. 23); a driver may sign without it */
  forwarding: boolean;
  /** that consent was taken back (PIPL art. 15) */
  forwardingWithdrawnAt?: Date;
  signedAt: Date;
}

/** A consent as recorded: to which version of the privacy notice, and when. */
export interface Consent {
  textVersion: string;
  givenAt: Date;
}

export interface Party {
  identity: Identity;
  /**
   * Joined by six digits, which can be guessed: until driver A says yes, this driver sees nothing of the case
   * and can change nothing in it. `plate` as typed, by which A recognises them.
   */
  newcomer?: { plate: string };
  language: Language;
  joinedAt: Date;
  /** privacy notice read and separate consent given before the first datum (PIPL art. 17, 29) */
  consent: Consent | null;
  /** declared "none of these" */
  clearedAt: Date | null;
  details: Details | null;
  statement: Statement | null;
  signature: Signature | null;
  /** of this driver, the last one that ceased to count; absent after a new one */
  voided?: VoidSignature | null;
}

/** A signature that no longer counts, with what it stood under: so its driver can see what has changed. */
export interface VoidSignature {
  forwarding: boolean;
  /** whose correction, or who took it back */
  by: Letter;
  at: Date;
  /** what the agreement was made of then */
  signed: { scene: Scene; parties: Record<Letter, Pick<Party, "details" | "statement">> };
}

export interface Scene {
  /** when it happened, as the drivers say: never taken from the clock; null: not asked yet */
  occurredAt: Date | null;
  /** where each driver's phone was before the cars moved */
  positions: Record<Letter, Position | null>;
  /** one line: road, direction, lane … */
  address: string | null;
  weather: Weather | null;
  /** a driver's word for it, where `weather` is "other" */
  weatherWord: string | null;
}

/** Of a case that has just been opened: nothing was asked yet. */
export const NO_SCENE: Scene = {
  occurredAt: null,
  positions: { A: null, B: null },
  address: null,
  weather: null,
  weatherWord: null,
};

/** Made by A for B: an unguessable code, used once within 30 minutes. Sealed; looked up by its keyed hash. */
export interface Invitation {
  code: string;
  /** six digits for a driver who cannot scan: 15 minutes, 5 tries per person, 20 per case */
  digits: string;
  digitsExpireAt: Date;
  /** content of the platform's QR code, or null while the platform has not answered */
  qrUrl: string | null;
  expiresAt: Date;
  usedAt: Date | null;
}

export interface Documents {
  pdfSha256: string;
  pngSha256: string[];
  /** one picture of the whole, within the chat's limit */
  pictureSha256: string;
  renderedAt: Date;
}

export interface End {
  code: EndCode;
  /**
   * what led here: ids of conditions (config/eligibility.yaml), a number or kind of vehicles, why liability
   * cannot be settled; or empty
   */
  reasons: string[];
  by: Letter | null;
  at: Date;
  /** the driver who asks the other to take the case up again */
  resumeAskedBy?: Letter;
  /** the other driver has agreed to the end */
  isAgreed?: true;
}

/** Ends of a case without an agreement; each has its own page of instructions. */
export const END_CODES = [
  "hold-scene",
  "move-then-call",
  "call-now",
  "expressway",
  "owner-absent",
  "on-the-spot",
  "single-vehicle",
  "not-two-cars",
  "dispute",
  "other-left",
  "withdrawn",
  "timed-out",
] as const;
export type EndCode = (typeof END_CODES)[number];

export interface Accident {
  id: string;
  /** number of the case and of its agreement, for people: KC20261123-000042 */
  number: string;
  version: number;
  /** the accident's own key, unwrapped; held in memory only */
  key: Uint8Array;
  openedAt: Date;
  /** code of the district whose officers it belongs to; null: none is known, the city's queue */
  district: string | null;
  scene: Scene;
  parties: { A: Party; B: Party | null };
  photos: Photo[];
  /** pictures sent back, by slot: after two the next one is accepted */
  photoTries: Partial<Record<PhotoSlot, number>>;
  invitation: Invitation | null;
  movedAt: Date | null;
  concludedAt: Date | null;
  documents: Documents | null;
  claims: Claim[];
  ended: End | null;
  /** what the police were asked for and did; null: nothing */
  dispute: Dispute | null;
  /** ids of officers who have said that they must not handle this case */
  recused: readonly string[];
  /** a legal hold; absent or null: none */
  hold?: Hold | null;
  events: ChainedEvent[];
  seen?: Partial<Record<Letter, Record<string, Date>>>;
  /** which version a driver's open page last said that it shows; kept beside the case, as `seen` */
  shown?: Partial<Record<Letter, { version: number; at: Date }>>;
}

/**
 * An event to record. Data holds codes, letters, numbers and keyed digests: no name, plate, phone or text.
 */
export interface NewEvent {
  type: EventType;
  by: Letter | "system" | `insurer:${string}` | `officer:${string}`;
  data: Record<string, string | number | boolean | string[]>;
}

/** An event as stored: numbered, dated, chained by a hash over `serialiseEvent`. */
export interface ChainedEvent extends NewEvent {
  seq: number;
  at: Date;
  /** hash of the event before, "" for the first */
  prev: string;
  hash: string;
}

/** The result of an action: the new state, the events that record it, and messages to send. */
export interface Change {
  accident: Accident;
  events: NewEvent[];
  outbox?: OutboxEntry[];
}

/** Neither settled, nor decided by a letter, nor ended. */
export const isRunning = ({
  ended,
  concludedAt,
  dispute,
}: Pick<Accident, "ended" | "concludedAt"> & { dispute: { determinations: readonly unknown[] } | null }): boolean =>
  ended === null && concludedAt === null && !dispute?.determinations.length;

/** By an agreement or by a determination letter. */
export const isSettled = (accident: Parameters<typeof isRunning>[0]): boolean =>
  !isRunning(accident) && accident.ended === null;
