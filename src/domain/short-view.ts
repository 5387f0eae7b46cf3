import { type Accident, type End, isRunning, type Letter } from "./accident.ts";
import { type ViewedClaim, viewedClaims } from "./claim-view.ts";
import { missingSlots, type Step, stepOf } from "./journey.ts";
import type { Catalogue } from "./liability.ts";
import { askedPhoto, type ExtraSlot, type PhotoSlot } from "./photo.ts";
import { wantedExtras } from "./photo-extras.ts";

/** The part of a driver's view from which most messages of the chat are answered. */
export interface ShortView {
  id: string;
  number: string;
  step: Step;
  /** neither settled, nor decided by a letter, nor ended */
  isRunning: boolean;
  ended: End | null;
  claims: ViewedClaim[];
  missingSlots: PhotoSlot[];
  /** further photographs that help to judge the accident and are missing */
  wantedExtras: ExtraSlot[];
  /** id of the plate photograph whose owner is being asked for */
  askedPhoto: string | null;
}

export function shortViewOf(accident: Accident, letter: Letter, catalogue: Catalogue): ShortView {
  return {
    id: accident.id,
    number: accident.number,
    step: stepOf(accident, letter, catalogue),
    isRunning: isRunning(accident),
    ended: accident.ended,
    claims: viewedClaims(accident, letter),
    missingSlots: missingSlots(accident),
    wantedExtras: accident.parties[letter]?.newcomer ? [] : wantedExtras(accident, letter, catalogue),
    askedPhoto: (letter === "A" && askedPhoto(accident)?.id) || null,
  };
}
