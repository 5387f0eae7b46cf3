/** The accident as the rules see it: plain values, already decrypted. One accident is one document in the store. */

import type { Photo, PhotoSlot } from "./photo.ts";

/** 甲方 / 乙方. A opened the case, B joined it. */
export type Letter = "A" | "B";
export const LETTERS: readonly Letter[] = ["A", "B"];
export const otherOf = (letter: Letter): Letter => (letter === "A" ? "B" : "A");

export const WEATHERS = ["sunny", "overcast", "rain", "snow"] as const;
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

/** Degrees that drivers may settle among themselves; main and secondary are an officer's (Order 146 art. 60). */
export type Degree = "full" | "equal" | "none";

export type Language = "zh" | "en";

/** Somebody who has spoken to the account. `id` is a keyed hash of the openid. */
export interface Person {
  id: string;
  openid: string;
  language: Language;
  /** something that no channel would carry waits to be said with the next answer */
  hasUnsaid?: boolean;
}

/** How we know who a party is. A later kind (a second person on the same phone) gets its own name here. */
export interface Identity {
  kind: "wechat";
  /** keyed hash of the openid: what is compared and looked up; the openid itself is sealed in `people` */
  personId: string;
}

export const ID_KINDS = ["licence", "id-card", "passport"] as const;
export type IdKind = (typeof ID_KINDS)[number];

/** What one driver enters about himself and his car (Order 146 art. 21). */
export interface Details {
  name: string;
  idKind: IdKind;
  idNumber: string;
  phone: string;
  plate: string;
  /** 号牌种类 of GA/T 16.7: "02" small car, "52" small new-energy car … */
  vehicleKind: string;
  /** a code of config insurers, or "other" / "unknown" */
  insurerCode: string;
  /** name typed when insurerCode is "other" */
  insurerName: string | null;
  /** 保险凭证号; null is printed as 当场未提供 */
  policyNumber: string | null;
}

/** What one driver says happened: his own act, the other's act (ids of the liability catalogue, "none" = nothing wrong) and where his own car was hit. */
export interface Statement {
  ownAct: string;
  otherAct: string;
  impact: ImpactPoint;
  /** his own words, at most 200 characters, may be empty */
  note: string;
  statedAt: Date;
}

export interface Signature {
  /** digest of the agreement's content that was on his screen */
  contentDigest: string;
  /** the drawn signature (PNG) in the blob store */
  imageSha256: string;
  /** PIPL art. 23: separate consent to forward the claim to the two named insurers; he may refuse and still sign */
  forwarding: boolean;
  signedAt: Date;
}

export interface Party {
  identity: Identity;
  language: Language;
  joinedAt: Date;
  /** PIPL art. 17, 29: notice read and separate consent ticked, before the first datum */
  consent: { textVersion: string; givenAt: Date } | null;
  /** declared "none of these" */
  clearedAt: Date | null;
  details: Details | null;
  statement: Statement | null;
  signature: Signature | null;
}

export interface Position {
  lat: number;
  lng: number;
  crs: "GCJ-02" | "WGS-84";
  accuracyM: number | null;
  /** the line that WeChat's map put beside it, offered as the address */
  label: string | null;
}

export interface Scene {
  occurredAt: Date;
  position: Position | null;
  /** one line: road, direction, lane … */
  address: string | null;
  weather: Weather | null;
}

/** Made by A for B; the code is unguessable, lives 30 minutes, is used once. Sealed at rest; looked up by its keyed hash. */
export interface Invitation {
  code: string;
  /** six digits for who cannot scan: 15 minutes, 5 tries for each person, 20 for each case */
  digits: string;
  digitsExpireAt: Date;
  /** the platform's QR (what to draw as a code), or null while the platform has not answered */
  qrUrl: string | null;
  expiresAt: Date;
  usedAt: Date | null;
}

/** The way of a claim at the insurer, in order: 报案 立案 查勘 定损 核赔 支付 结案. */
export const CLAIM_PATH = [
  "submitted",
  "received",
  "accepted",
  "survey_scheduled",
  "surveyed",
  "assessed",
  "repair_agreed",
  "approved",
  "paid",
  "closed",
] as const;
/** The others leave it or return to it. */
export const CLAIM_STATUSES = [...CLAIM_PATH, "need_more", "rejected", "cancelled", "reopened"] as const;
export type ClaimStatus = (typeof CLAIM_STATUSES)[number];

/** One claim for one party at his own insurer; two claims even when it is the same insurer. */
export interface Claim {
  ref: string;
  party: Letter;
  insurerCode: string;
  status: ClaimStatus;
  statusAt: Date;
  /** 报案号 / 立案号 at the insurer */
  insurerClaimNo: string | null;
  /** integer fen */
  assessedFen: number | null;
  paidFen: number | null;
  reason: string | null;
  /** highest sequence number applied */
  sequence: number;
  /** webhook ids already answered: at-least-once in, one effect */
  seenIds: string[];
  /** by what became of it, the keyed digest of the insurer's last news: what says the same again changes nothing */
  lastNews?: Partial<Record<"applied" | "stale" | "held", string>>;
}

export interface Documents {
  pdfSha256: string;
  pngSha256: string[];
  /** one picture of the whole, small enough for the chat */
  pictureSha256: string;
  renderedAt: Date;
}

export interface End {
  code: EndCode;
  /** ids of the conditions that led here (config/eligibility.yaml), or empty */
  reasons: string[];
  by: Letter | null;
  at: Date;
}

/** Each end is its own page with its own order of acts. */
export const END_CODES = [
  "hold-scene",
  "move-then-call",
  "call-now",
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
  /** human number of the case and of its agreement: KC20261123-000042 */
  number: string;
  version: number;
  /** the accident's own key, unwrapped; never leaves the process */
  key: Uint8Array;
  openedAt: Date;
  scene: Scene;
  parties: { A: Party; B: Party | null };
  photos: Photo[];
  /** how many pictures were sent back, by place: after two the next one is taken as it is */
  photoTries: Partial<Record<PhotoSlot, number>>;
  invitation: Invitation | null;
  movedAt: Date | null;
  concludedAt: Date | null;
  documents: Documents | null;
  claims: Claim[];
  ended: End | null;
  events: ChainedEvent[];
}

/** What an action says happened. Data holds codes, letters, numbers and keyed digests: never a name, plate, phone or text. */
export interface NewEvent {
  type: EventType;
  by: Letter | "system" | `insurer:${string}`;
  data: Record<string, string | number | boolean | string[]>;
}

/** As stored: numbered, dated, chained by hash over `serialiseEvent`. */
export interface ChainedEvent extends NewEvent {
  seq: number;
  at: Date;
  /** hash of the event before, "" for the first */
  prev: string;
  hash: string;
}

export const EVENT_TYPES = [
  "accident-opened",
  "consent-given",
  "eligibility-cleared",
  "photo-announced",
  "photo-delayed",
  "photo-stored",
  "photo-refused",
  "photo-rejected",
  "photo-moved",
  "photo-damaged",
  "paper-damaged",
  "plate-read",
  "plate-differs",
  "position-taken",
  "vehicles-moved",
  "place-recorded",
  "invitation-made",
  "party-joined",
  "party-removed",
  "party-reminded",
  "details-given",
  "statement-given",
  "agreement-signed",
  "agreement-concluded",
  "documents-delayed",
  "documents-rendered",
  "claim-submitted",
  "claim-delivered",
  "claim-delayed",
  "claim-undeliverable",
  "claim-resent",
  "claim-status-changed",
  "claim-status-held",
  "language-chosen",
  "ended",
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

export const OUTBOX_KINDS = ["claim", "notice", "document", "photo", "plate", "plate-idle"] as const;

/** What must leave the building, put into the document by the same write; the store gives it its id (accident and number, the webhook id of a claim). `body` is a code and parameters, or exact bytes as text. */
export interface OutboxEntry {
  kind: (typeof OUTBOX_KINDS)[number];
  /** claim: insurer code; notice: personId; document: the accident itself; photo, plate, plate-idle: the photograph */
  target: string;
  body: string;
  /** somebody waits for it at this moment, at the roadside: it passes the others of its kind */
  urgent?: true;
}

/** What an action decides: the new state, the events that explain it, and what must follow. */
export interface Change {
  accident: Accident;
  events: NewEvent[];
  outbox?: OutboxEntry[];
}
