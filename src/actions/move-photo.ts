import type { Context } from "../context.ts";
import type { Accident, Letter } from "../domain/accident.ts";
import { requireCalm } from "../domain/brakes.ts";
import { requireGivable, requireParty } from "../domain/party.ts";
import { isMandatory, type PhotoSlot } from "../domain/photo.ts";
import { requireSpace } from "../domain/photo-intake.ts";
import { withMoved } from "../domain/photo-move.ts";
import { isPlateSlot } from "../domain/photo-plates.ts";
import { Conflict } from "../errors.ts";

export interface MovePhoto {
  accidentId: string;
  letter: Letter;
  photoId: string;
  slot: PhotoSlot;
  loaded?: Accident;
}

/**
 * Moves a picture to another slot; the one that stood there takes its place. Also answers whose plate it
 * shows, even when the cars have moved.
 */
export function movePhoto(ctx: Context, { accidentId, letter, photoId, slot, loaded }: MovePhoto): Promise<Accident> {
  return ctx.accidents.change(loaded ?? accidentId, (accident) => {
    requireParty(accident, letter);
    const photo = accident.photos.find((candidate) => candidate.id === photoId);
    if (photo?.by !== letter) throw new Conflict("wrong-step");
    const isAnswer = photo.state === "stored" && photo.isAsked && isPlateSlot(slot);
    // driver B's pictures go when that driver is removed, so they fill none of the five slots
    if (!isAnswer) requireGivable("photos", accident, letter, ctx.config.rules.catalogue);
    if (photo.slot === slot && !isAnswer) return null;
    requireCalm(accident, letter, ctx.clock.now());
    if (isMandatory(photo.slot)) requireSpace(accident, { slot, by: letter });
    return withMoved(accident, photo, { slot, by: letter });
  });
}
