import {
  type Accident,
  type ChainedEvent,
  type Claim,
  type Invitation,
  NO_SCENE,
  type OutboxEntry,
  type Party,
  type Position,
  type Scene,
  type Statement,
} from "../domain/accident.ts";
import type { Waiting } from "../domain/dispute.ts";
import { type DisputeAtRest, disputeToDocument, documentToDispute } from "./dispute-document.ts";
import { documentToPhoto, type PhotoDocument, photoToDocument } from "./photo-document.ts";
import { bytesOf, type Sealing, sealing } from "./sealing.ts";
import type { Vault } from "./vault.ts";

/**
 * An accident in the database: what identifies a person is sealed under the accident's own key, the rest is
 * plain.
 */
export interface AccidentDocument {
  _id: string;
  number: string;
  version: number;
  wrappedKey: Uint8Array;
  openedAt: Date;
  status: string;
  parts: PartsAtRest;
  events: ChainedEvent[];
  outbox: StoredEntry[];
  /** When the relay has something to take; absent while the outbox is empty. */
  outboxAt?: Date | null;
  /** since when files may lie there that nothing needs (spare-marks.ts) */
  sparesAt?: Date;
  /** the retention's mark */
  eraseMarkedAt?: Date;
  /** What waits for an officer or is in one's hands; absent: nothing. */
  desk?: Waiting;
  /** When a clock of the dispute may run out next; absent: none runs. */
  dueAt?: Date;
  /**
   * Marks of the last writes, one at random for each: they tell whether a write without an answer took
   * effect.
   */
  writes?: string[];
  /** When each driver last had the page of a step open; written beside the version. */
  seen?: NonNullable<Accident["seen"]>;
  shown?: NonNullable<Accident["shown"]>;
}

type Sealed<T> = T & { sealed: unknown };

/** Each part at rest: what is personal of it stands in `sealed`. */
interface PartsAtRest
  extends Pick<Accident, "movedAt" | "concludedAt" | "documents" | "ended">,
    // added later: older documents lack them
    Partial<Pick<Accident, "photoTries" | "district">> {
  scene: Sealed<Pick<Scene, "occurredAt" | "weather">>;
  parties: { A: Sealed<Party>; B: Sealed<Party> | null };
  photos: PhotoDocument[];
  invitation: Sealed<Invitation> | null;
  claims: Sealed<Claim>[];
  /** absent in cases from before there was a desk */
  dispute?: DisputeAtRest | null;
  recused?: readonly string[];
  /** absent in cases from before there were holds */
  hold?: Accident["hold"];
}

export interface StoredEntry {
  id: string;
  seq: number;
  kind: OutboxEntry["kind"];
  target: string;
  sealed: Buffer;
  urgent?: true;
  group?: string;
}

/** The parts of an accident that a change may replace; each is written only when it changed. */
export const PARTS = [
  "district",
  "scene",
  "parties",
  "photos",
  "photoTries",
  "invitation",
  "movedAt",
  "concludedAt",
  "documents",
  "claims",
  "ended",
  "dispute",
  "recused",
  "hold",
] as const;
export type PartName = (typeof PARTS)[number];

/** What one part looks like at rest. */
export function partToDocument(accident: Accident, part: PartName, seals: Sealing): unknown {
  switch (part) {
    case "scene": {
      const { occurredAt, weather, ...personal } = accident.scene;
      return { occurredAt, weather, sealed: seals.seal("scene", personal) };
    }
    case "parties":
      return {
        A: partyToDocument(accident.parties.A, "A", seals),
        B: accident.parties.B && partyToDocument(accident.parties.B, "B", seals),
      };
    case "photos":
      return accident.photos.map((photo) => photoToDocument(photo, seals));
    case "invitation": {
      if (!accident.invitation) return null;
      const { code, digits, qrUrl, ...plain } = accident.invitation;
      return { ...plain, sealed: seals.seal("invitation", { code, digits, qrUrl }) };
    }
    case "claims":
      return accident.claims.map(({ insurerClaimNo, reason, ...plain }) => ({
        ...plain,
        sealed: seals.seal(`claim/${plain.ref}`, { insurerClaimNo, reason }),
      }));
    case "dispute":
      return accident.dispute && disputeToDocument(accident.dispute, seals);
    case "hold":
      return accident.hold ?? null;
    default:
      return accident[part];
  }
}

function partyToDocument(party: Party, letter: string, seals: Sealing): unknown {
  const { details, statement, newcomer, voided, ...plain } = party;
  const { signed, ...mark } = voided ?? {};
  const personal = { details, statement, signed, ...(newcomer && { newcomer }) };
  return { ...plain, ...(voided && { voided: mark }), sealed: seals.seal(`party/${letter}`, personal) };
}

/** The accident in memory from the document at rest. */
export function documentToAccident(document: AccidentDocument, vault: Vault): Accident {
  const key = vault.unwrap(document._id, bytesOf(document.wrappedKey));
  const seals = sealing(vault, key, document._id);
  const { parts } = document;
  const { parties, invitation, claims } = parts;
  return {
    id: document._id,
    number: document.number,
    version: document.version,
    key,
    openedAt: document.openedAt,
    district: parts.district ?? null,
    scene: documentToScene(parts, seals),
    parties: { A: documentToParty(parties.A, "A", seals), B: parties.B && documentToParty(parties.B, "B", seals) },
    photos: parts.photos.map((photo) => documentToPhoto(photo, seals)),
    photoTries: parts.photoTries ?? {},
    invitation: invitation && withoutSeal(invitation, seals.open("invitation", invitation.sealed)),
    movedAt: parts.movedAt,
    concludedAt: parts.concludedAt,
    documents: parts.documents,
    claims: claims.map((claim) => withoutSeal(claim, seals.open(`claim/${claim.ref}`, claim.sealed))),
    ended: parts.ended,
    dispute: documentToDispute(parts.dispute, seals),
    recused: parts.recused ?? [],
    ...(parts.hold && { hold: parts.hold }),
    events: document.events,
    ...(document.seen && { seen: document.seen }),
    ...(document.shown && { shown: document.shown }),
  };
}

type Signed = NonNullable<Party["voided"]>["signed"];
type Personal = Pick<Party, "details" | "statement" | "newcomer"> & { signed?: Signed };

/** As it was while a case had one position and its time was that of its opening. */
interface OldScene {
  address: string | null;
  position: Position | null;
}

/** The opening's time stands in what was signed by it; a case that goes on is asked when it happened. */
function documentToScene({ scene, concludedAt }: AccidentDocument["parts"], seals: Sealing): Scene {
  const { sealed, ...plain } = scene;
  const personal = seals.open<Pick<Scene, "address" | "positions" | "weatherWord"> | OldScene>("scene", sealed);
  if (!personal) return { ...NO_SCENE, ...plain };
  if ("positions" in personal) return { ...plain, ...personal };
  const { address, position } = personal;
  const occurredAt = concludedAt ? plain.occurredAt : null;
  return { ...NO_SCENE, ...plain, occurredAt, address, positions: { A: position, B: null } };
}

function documentToParty(party: Sealed<Party>, letter: string, seals: Sealing): Party {
  const personal = seals.open<Personal>(`party/${letter}`, party.sealed);
  const { sealed: _, voided, ...plain } = party;
  const signed = personal?.signed;
  return {
    ...plain,
    ...(voided && signed && { voided: { ...voided, signed: signedOf(signed) } }),
    ...(personal?.newcomer && { newcomer: personal.newcomer }),
    details: personal?.details ?? null,
    statement: statementOf(personal?.statement ?? null),
  };
}

const statementOf = (statement: Statement | null): Statement | null =>
  statement && { ...statement, statedAt: new Date(statement.statedAt) };

/** JSON keeps dates as text. */
function signedOf({ scene, parties: { A, B } }: Signed): Signed {
  const of = ({ details, statement }: Signed["parties"]["A"]) => ({ details, statement: statementOf(statement) });
  return {
    scene: { ...scene, occurredAt: scene.occurredAt && new Date(scene.occurredAt) },
    parties: { A: of(A), B: of(B) },
  };
}

function withoutSeal<T>(value: Sealed<T>, opened: Partial<T> | null): T {
  const { sealed: _, ...plain } = value;
  return { ...plain, ...opened } as T;
}
