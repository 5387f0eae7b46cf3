import {
  type Accident,
  type Claim,
  type Details,
  type End,
  type Letter,
  otherOf,
  type Scene,
  type Signature,
  type Statement,
} from "./accident.ts";
import { type AgreementContent, agreementOf } from "./agreement.ts";
import { type Activity, JOURNEY, mayRemoveOther, missingSlots, openSteps, type Step, stepOf } from "./journey.ts";
import { type Catalogue, compareStatements, type Liability } from "./liability.ts";
import type { ExtraSlot, Photo, PhotoSlot, ReadPlate } from "./photo.ts";
import { wantedExtras } from "./photo-extras.ts";
import { isPlateSlot, type PlateDoubt, type PlateSuggestion, plateDoubts, suggestedPlate } from "./photo-plates.ts";
import { type TimelineEntry, timelineOf } from "./timeline.ts";
import { type Waiting, waitingOf } from "./waiting.ts";

/** What a driver may see of a photograph. */
export interface ViewedPhoto
  extends Pick<Photo, "id" | "slot" | "by" | "state" | "source" | "refusal" | "receivedAt" | "findings"> {
  /** what a picture of a plate shows; it hangs on a car that stands in front of both */
  plate: Pick<ReadPlate, "plate" | "sure"> | null;
}

/** Whether the insurer's system has the claim; from its first answer on, the status says more. */
export type ClaimDelivery = "pending" | "delivered" | "undeliverable";
export type ViewedClaim = Claim & { delivery: ClaimDelivery };

/** What one driver may see of the accident. Pages and chat show this, never the document. */
export interface View {
  id: string;
  number: string;
  letter: Letter;
  openedAt: Date;
  step: Step;
  /** the steps whose pages are open: this one, and those that may be seen or corrected beside it */
  open: readonly Step[];
  scene: Scene;
  photos: ViewedPhoto[];
  missingSlots: PhotoSlot[];
  /** how often a picture of each place was sent back; the third is taken as it is */
  photoTries: Partial<Record<PhotoSlot, number>>;
  /** further photographs that what happened makes worth having, not there yet */
  wantedExtras: ExtraSlot[];
  /** the photograph of a plate of which we have asked whose it is */
  askedPhoto: string | null;
  /** by the photograph of this driver's plate alone; the form asks suggestedPlate, with the plate of last time */
  plateSuggestion: PlateSuggestion | null;
  /** where a picture shows another plate than was typed; what the other typed is not told before the agreement */
  plateDoubts: PlateDoubt[];
  movedAt: Date | null;
  me: { details: Details | null; statement: Statement | null; signature: Signature | null };
  other: { joined: boolean; joinedAt: Date | null; activity: Activity | "not-joined" };
  mayRemoveOther: boolean;
  waiting: Waiting;
  invitation: { code: string; digits: string; digitsExpireAt: Date; qrUrl: string | null; expiresAt: Date } | null;
  /** the other's statement is shown only once both have stated */
  otherStatement: Statement | null;
  liability: Liability;
  /** from the moment at which it may be read and signed; carries the data of both, as art. 21 demands */
  agreement: AgreementContent | null;
  hasPictures: boolean;
  /** the paper could not be made yet and follows */
  isPaperDelayed: boolean;
  pages: number;
  concludedAt: Date | null;
  claims: ViewedClaim[];
  /** what happened so far, the earliest first */
  timeline: TimelineEntry[];
  ended: End | null;
}

/** The projection for one party: B never sees A's invitation, nobody sees the other's data before the agreement is there to be read. */
export function viewOf(accident: Accident, letter: Letter, catalogue: Catalogue): View {
  const me = accident.parties[letter];
  const other = accident.parties[otherOf(letter)];
  const step = stepOf(accident, letter, catalogue);
  const readable = JOURNEY[step].showsAgreement === true;
  const bothStated = Boolean(me?.statement && other?.statement);
  return {
    id: accident.id,
    number: accident.number,
    letter,
    openedAt: accident.openedAt,
    step,
    open: openSteps(accident, letter, catalogue),
    scene: accident.scene,
    photos: accident.photos.map((photo) => viewedPhoto(photo, letter)),
    missingSlots: missingSlots(accident),
    photoTries: accident.photoTries,
    wantedExtras: wantedExtras(accident, letter, catalogue),
    askedPhoto: (letter === "A" && accident.photos.find((photo) => photo.isAsked)?.id) || null,
    plateSuggestion: suggestedPlate(accident, letter),
    plateDoubts: plateDoubts(accident).map((doubt) =>
      doubt.party === letter || readable ? doubt : { ...doubt, typed: null },
    ),
    movedAt: accident.movedAt,
    me: { details: me?.details ?? null, statement: me?.statement ?? null, signature: me?.signature ?? null },
    other: {
      joined: other !== null,
      joinedAt: other?.joinedAt ?? null,
      activity: other ? JOURNEY[stepOf(accident, otherOf(letter), catalogue)].activity : "not-joined",
    },
    mayRemoveOther: other !== null && mayRemoveOther(accident, letter),
    waiting: waitingOf(accident, letter),
    invitation: letter === "A" ? accident.invitation : null,
    otherStatement: bothStated ? (other?.statement ?? null) : null,
    liability: bothStated ? compareStatements(accident, catalogue) : { kind: "incomplete" },
    agreement: readable ? agreementOf(accident, catalogue) : null,
    hasPictures: accident.documents !== null,
    isPaperDelayed: accident.documents === null && accident.events.some(({ type }) => type === "documents-delayed"),
    pages: accident.documents?.pngSha256.length ?? 0,
    concludedAt: accident.concludedAt,
    claims: accident.claims
      .filter((claim) => claim.party === letter)
      .map((claim) => ({ ...claim, delivery: deliveryOf(accident, claim) })),
    timeline: timelineOf(accident.events, letter),
    ended: accident.ended,
  };
}

function deliveryOf({ events }: Accident, { ref }: Claim): ClaimDelivery {
  const has = (type: string) => events.some((event) => event.type === type && event.data.ref === ref);
  if (has("claim-delivered")) return "delivered";
  return has("claim-undeliverable") || has("claim-delayed") ? "undeliverable" : "pending";
}

/** What is wrong with a picture is for him to know who took it and can take it again; of other cars' plates that stand in it nobody needs to read. */
function viewedPhoto(photo: Photo, letter: Letter): ViewedPhoto {
  const { id, slot, by, state, source, refusal, receivedAt, findings, plates } = photo;
  const best = isPlateSlot(slot) ? plates?.best : null;
  return {
    ...{ id, slot, by, state, source, refusal, receivedAt },
    findings: by === letter ? findings : [],
    plate: best ? { plate: best.plate, sure: best.sure } : null,
  };
}
