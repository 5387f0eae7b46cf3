import { type Accident, type Letter, otherOf } from "./accident.ts";
import { type Catalogue, compareStatements } from "./liability.ts";
import { isSent, PHOTO_SLOTS, type PhotoSlot } from "./photo.ts";

/** A driver's current step. The form's page, the chat's answer and the case page's button follow from it. */
export type Step =
  | "safety"
  | "join"
  | "photos"
  | "move"
  | "place"
  | "details"
  | "invite"
  | "statement"
  | "wait-details"
  | "wait-statement"
  | "difference"
  | "sign"
  | "wait-signature"
  | "done"
  | "ended";

export type Status = "open" | "ready-to-sign" | "half-signed" | "concluded" | "ended";

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

/** Order 146 art. 21 wants the weather as well as the place. */
const placeIsKnown = ({ scene }: Accident): boolean => Boolean(scene.address && scene.weather);

/** The step that this driver has to take now; both may work at the same time. */
export function stepOf(accident: Accident, letter: Letter, catalogue: Catalogue): Step {
  const me = accident.parties[letter];
  const other = accident.parties[otherOf(letter)];
  if (accident.ended) return "ended";
  if (accident.concludedAt) return "done";
  if (!me?.consent || !me.clearedAt) return letter === "A" ? "safety" : "join";
  if (letter === "A") {
    if (!photosAreSafe(accident)) return "photos";
    if (!accident.movedAt) return "move";
    if (!placeIsKnown(accident)) return "place";
  }
  if (!me.details) return "details";
  if (!me.statement) return "statement";
  if (!other?.clearedAt) return "invite";
  if (!other.statement) return "wait-statement";
  if (compareStatements(accident, catalogue).kind !== "settled") return "difference";
  if (!other.details || !placeIsKnown(accident) || !photosAreSafe(accident)) return "wait-details";
  if (!me.signature) return "sign";
  return "wait-signature";
}

/** Derived, stored beside the document for queries only. */
export function statusOf(accident: Accident, catalogue: Catalogue): Status {
  if (accident.ended) return "ended";
  if (accident.concludedAt) return "concluded";
  if (accident.parties.A.signature || accident.parties.B?.signature) return "half-signed";
  return stepOf(accident, "A", catalogue) === "sign" && stepOf(accident, "B", catalogue) === "sign"
    ? "ready-to-sign"
    : "open";
}

/** Signing is open when everything of art. 21 is there and both statements agree. */
export function mayBeSigned(accident: Accident, letter: Letter, catalogue: Catalogue): boolean {
  return stepOf(accident, letter, catalogue) === "sign";
}
