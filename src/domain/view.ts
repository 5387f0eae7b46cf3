import {
  type Accident,
  type Details,
  isSettled,
  type Letter,
  NO_SCENE,
  otherOf,
  type Party,
  type Scene,
  type Signature,
  type Statement,
} from "./accident.ts";
import { type AgreementContent, agreementOf } from "./agreement.ts";
import { type ClaimContent, claimContentOf } from "./claim-content.ts";
import { type ViewedAdvice, viewedAdvice } from "./claim-view.ts";
import { isDetermined, keptDistrict } from "./dispute.ts";
import { type ViewedDispute, viewedDispute } from "./dispute-view.ts";
import { type Consenting, consentToForward } from "./forwarding.ts";
import { mayInvite } from "./invitation.ts";
import { maskPlate } from "./invited-view.ts";
import { type Activity, JOURNEY, mayRemoveOther, openSteps, type Step, stepOf } from "./journey.ts";
import { type Catalogue, compareStatements, type Liability } from "./liability.ts";
import { isPaperDelayed } from "./paper.ts";
import { type Finding, isToFetch, type Photo, type PhotoSlot, type ReadPlate } from "./photo.ts";
import { isPlateSlot, type PlateDoubt, type PlateSuggestion, plateDoubts, suggestedPlate } from "./photo-plates.ts";
import { type ViewedPositions, viewedPositions } from "./positions.ts";
import { lookOf } from "./presence.ts";
import { type Progress, progressOf } from "./progress.ts";
import { type Resumption, resumptionOf } from "./resumption.ts";
import { type ShortView, shortViewOf } from "./short-view.ts";
import { type TimelineEntry, timelineOf } from "./timeline.ts";
import { type Waiting, waitingOf } from "./waiting.ts";

/** The part of a photograph that a driver may see. */
export interface ViewedPhoto extends Pick<Photo, "id" | "slot" | "by" | "state" | "source" | "receivedAt"> {
  /** code of the reason of a refused one */
  refusal: string | null;
  findings: Finding[];
  /** plate in a plate picture; a plate is visible to both drivers anyway */
  plate: Pick<ReadPlate, "plate" | "sure"> | null;
}

/** The part of an accident that one driver may see. Pages and chat show this, never the document. */
export interface View extends ShortView {
  letter: Letter;
  openedAt: Date;
  /** null at an end, and while only the other driver has something to do */
  progress: Progress | null;
  /** the steps whose pages are open: this one, and those that may be seen or corrected beside it */
  open: readonly Step[];
  scene: Scene;
  /** code of the district whose officers the case belongs to; null: the city's */
  district: string | null;
  /** the district stays as it is: the police have the case */
  isDistrictKept: boolean;
  positions: ViewedPositions;
  photos: ViewedPhoto[];
  /** pictures sent back by slot; the third is accepted */
  photoTries: Partial<Record<PhotoSlot, number>>;
  /**
   * by the photograph of this driver's plate alone; the form calls suggestedPlate with the driver's last
   * plate
   */
  plateSuggestion: PlateSuggestion | null;
  /**
   * contradictions between typed and photographed plates; the other driver's typed plate is hidden until the
   * agreement may be read
   */
  plateDoubts: PlateDoubt[];
  movedAt: Date | null;
  me: { joinedAt: Date | null; details: Details | null; statement: Statement | null; signature: Signature | null };
  /** this driver's signature that ceased to count, and what was signed with it */
  voided: { by: "me" | "other"; at: Date; forwarding: boolean; content: AgreementContent | null } | null;
  other: {
    joined: boolean;
    joinedAt: Date | null;
    activity: Activity | "not-joined";
    /** when the other last had the page of their step open; null where they have nothing to do */
    look: { at: Date | null } | null;
    plate: string | null;
  };
  mayRemoveOther: boolean;
  /** who joined by digits and waits for this driver's yes, with the plate they typed, masked */
  newcomer: { plate: string; since: Date } | null;
  mayInvite: boolean;
  waiting: Waiting;
  invitation: { code: string; digits: string; digitsExpireAt: Date; qrUrl: string | null; expiresAt: Date } | null;
  /** the other's statement is shown only once both have stated */
  otherStatement: Statement | null;
  liability: Liability;
  /** present once it may be read and signed; it carries the data of both, as art. 21 demands */
  agreement: AgreementContent | null;
  hasPictures: boolean;
  /** of the agreement as PDF, told to both */
  pdfSha256: string | null;
  /** the paper could not be made yet and follows */
  isPaperDelayed: boolean;
  pages: number;
  concludedAt: Date | null;
  /** what this driver said about passing it to the insurers; null: nothing yet */
  forwarding: Consenting | null;
  /** whom this driver turns to after the agreement */
  advice: ViewedAdvice | null;
  /** what the advice rests on: the agreement, or the letter */
  claimContent: ClaimContent | null;
  /** what happened so far, the earliest first */
  timeline: TimelineEntry[];
  dispute: ViewedDispute | null;
  /** by an agreement or by a determination letter */
  isSettled: boolean;
  /** how the ended case can be taken up again */
  resumption: Resumption | null;
}

/**
 * Returns the view of one party: B never sees A's invitation, and nobody the other's data before the
 * agreement may be read.
 */
export function viewOf(accident: Accident, letter: Letter, catalogue: Catalogue): View {
  if (accident.parties[letter]?.newcomer) return hiddenFrom(plainView(accident, letter, catalogue));
  return plainView(accident, letter, catalogue);
}

const meOf = (me: Party | null): View["me"] => ({
  joinedAt: me?.joinedAt ?? null,
  details: me?.details ?? null,
  statement: me?.statement ?? null,
  signature: me?.signature ?? null,
});

/** Who waits for this driver's yes. */
function newcomerOf({ parties: { B } }: Accident, letter: Letter): View["newcomer"] {
  if (letter !== "A" || !B?.newcomer) return null;
  return { plate: maskPlate(B.newcomer.plate) ?? "", since: B.joinedAt };
}

/** What somebody sees who waits for A's yes: that they wait, and since when. */
const hiddenFrom = (view: View): View => ({
  ...view,
  scene: NO_SCENE,
  district: null,
  isDistrictKept: false,
  positions: { mine: null, theirs: null, metresApart: null, areApart: false, mayTake: false },
  photos: [],
  plateDoubts: [],
  plateSuggestion: null,
  movedAt: null,
  other: { ...view.other, activity: "deciding" },
  timeline: [],
});

function otherDriver(accident: Accident, letter: Letter, catalogue: Catalogue): View["other"] {
  const other = accident.parties[otherOf(letter)];
  const step = other && stepOf(accident, otherOf(letter), catalogue);
  return {
    joined: other !== null && !other.newcomer,
    joinedAt: other?.joinedAt ?? null,
    // masked, as on an invitation
    plate: maskPlate(other?.details?.plate),
    activity: step ? JOURNEY[step].activity : "not-joined",
    look: step && lookOf(accident, letter, step),
  };
}

const placeOf = (accident: Accident, letter: Letter) => ({
  scene: accident.scene,
  district: accident.district,
  isDistrictKept: keptDistrict(accident) !== null,
  positions: viewedPositions(accident, letter),
});

const paperOf = (accident: Accident) => ({
  hasPictures: accident.documents !== null,
  pdfSha256: accident.documents?.pdfSha256 ?? null,
  isPaperDelayed: accident.documents === null && isPaperDelayed(accident),
  pages: accident.documents?.pngSha256.length ?? 0,
});

function plainView(accident: Accident, letter: Letter, catalogue: Catalogue): View {
  const me = accident.parties[letter];
  const other = accident.parties[otherOf(letter)];
  const short = shortViewOf(accident, letter, catalogue);
  const { step } = short;
  const readable = JOURNEY[step].showsAgreement === true;
  const agreement = readable ? agreementOf(accident, catalogue) : null;
  const bothStated = Boolean(me?.statement && other?.statement);
  return {
    id: accident.id,
    number: accident.number,
    letter,
    openedAt: accident.openedAt,
    step,
    progress: progressOf(step, letter),
    open: openSteps(accident, letter, catalogue),
    ...placeOf(accident, letter),
    photos: accident.photos.map((photo) => viewedPhoto(photo, letter)),
    missingSlots: short.missingSlots,
    photoTries: accident.photoTries,
    wantedExtras: short.wantedExtras,
    askedPhoto: short.askedPhoto,
    plateSuggestion: suggestedPlate(accident, letter),
    plateDoubts: plateDoubts(accident).map((doubt) =>
      doubt.party === letter || readable ? doubt : { ...doubt, typed: null },
    ),
    movedAt: accident.movedAt,
    me: meOf(me),
    newcomer: newcomerOf(accident, letter),
    voided: viewedVoid(accident, letter, catalogue),
    other: otherDriver(accident, letter, catalogue),
    mayRemoveOther: other !== null && mayRemoveOther(accident, letter),
    mayInvite: mayInvite(accident, letter),
    waiting: waitingOf(accident, letter),
    invitation: letter === "A" ? accident.invitation : null,
    otherStatement: bothStated ? (other?.statement ?? null) : null,
    liability: bothStated ? compareStatements(accident, catalogue) : { kind: "incomplete" },
    agreement,
    ...paperOf(accident),
    concludedAt: accident.concludedAt,
    claims: short.claims,
    forwarding: consentToForward(accident, letter),
    ...claimViewOf(accident, agreement, { letter, catalogue }),
    timeline: timelineOf(accident.events, letter),
    ended: accident.ended,
    dispute: viewedDispute(accident, letter, catalogue),
    isRunning: short.isRunning,
    isSettled: isSettled(accident),
    resumption: resumptionOf(accident, letter),
  };
}

/** Whose insurer deals with it stands in the agreement, or in the letter. */
function claimViewOf(
  accident: Accident,
  agreement: AgreementContent | null,
  { letter, catalogue }: { letter: Letter; catalogue: Catalogue },
): Pick<View, "advice" | "claimContent"> {
  const claimContent = isDetermined(accident) ? claimContentOf(accident, catalogue) : agreement;
  return { claimContent, advice: viewedAdvice(accident, claimContent, letter) };
}

/**
 * Returns findings only to the driver who took the picture and can take it again; plates of other cars in it
 * are removed.
 */
function viewedPhoto(photo: Photo, letter: Letter): ViewedPhoto {
  const { id, slot, by, state, source, receivedAt } = photo;
  const best = state === "stored" && isPlateSlot(slot) ? photo.plates?.best : null;
  return {
    ...{ id, slot, by, state, source, receivedAt },
    refusal: state === "refused" ? photo.refusal : null,
    findings: by === letter && !isToFetch(photo) ? photo.findings : [],
    plate: best ? { plate: best.plate, sure: best.sure } : null,
  };
}

/** What was signed had been read by this driver, the other's data in it included. */
function viewedVoid(accident: Accident, letter: Letter, catalogue: Catalogue): View["voided"] {
  const void_ = accident.parties[letter]?.voided;
  if (!void_) return null;
  const { by, at, forwarding, signed } = void_;
  const { A, B } = accident.parties;
  const parties = { A: { ...A, ...signed.parties.A }, B: B && { ...B, ...signed.parties.B } };
  const content = agreementOf({ ...accident, scene: signed.scene, parties }, catalogue);
  return { by: by === letter ? "me" : "other", at, forwarding, content };
}
