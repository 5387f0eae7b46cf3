import type { Context } from "../context.ts";
import type { Accident, Letter } from "../domain/accident.ts";
import { requireFewPictures } from "../domain/brakes.ts";
import { mayGive, missingSlots } from "../domain/journey.ts";
import { requireParty } from "../domain/party.ts";
import { type AwaitedPhoto, isToFetch, type PhotoSlot } from "../domain/photo.ts";
import { delayedEvent } from "../domain/photo-delay.ts";
import { wantedExtras } from "../domain/photo-extras.ts";
import { requireSpace } from "../domain/photo-intake.ts";

export interface AnnouncePhoto {
  accidentId: string;
  letter: Letter;
  /** the platform keeps the bytes for three days under this id */
  mediaId: string;
  /** code with which the platform currently refuses pictures: the slot is then asked for again at once */
  delayedBy?: string | null;
  /** the accident, when the caller has just loaded it */
  loaded?: Accident;
}

/**
 * Records a picture that came by chat: its media id is stored and a job fetches the bytes. It fills the next
 * slot that is asked for, then the extras.
 */
export function announcePhoto(ctx: Context, announcement: AnnouncePhoto): Promise<Accident> {
  const { accidentId, letter, mediaId, delayedBy = null, loaded } = announcement;
  return ctx.accidents.change(loaded ?? accidentId, (accident) => {
    requireParty(accident, letter);
    if (accident.photos.some((photo) => photo.mediaId === mediaId)) return null;
    requireFewPictures(accident, letter, ctx.clock.now());
    const slot = nextSlot(ctx, accident, letter);
    requireSpace(accident, { slot, by: letter });
    const photo: AwaitedPhoto = {
      ...{ id: ctx.randomId(9), slot, by: letter, source: "chat", mediaId, receivedAt: ctx.clock.now() },
      state: delayedBy ? "delayed" : "announced",
    };
    return {
      accident: {
        ...accident,
        photos: [...accident.photos.filter((other) => other.slot !== slot || other.state !== "refused"), photo],
      },
      events: [
        { type: "photo-announced", by: letter, data: { photo: photo.id, slot } },
        ...(delayedBy ? [delayedEvent(photo, delayedBy)] : []),
      ],
      outbox: [{ kind: "photo", target: photo.id, body: JSON.stringify({ accidentId, photoId: photo.id }) }],
    };
  });
}

/**
 * Returns the slot for the next picture: driver A's five in order, then the extras that would help, then
 * "extra". A delayed picture keeps its slot.
 */
function nextSlot({ config }: Context, accident: Accident, letter: Letter): PhotoSlot {
  const isKept = (slot: PhotoSlot) => accident.photos.some((photo) => photo.slot === slot && isToFetch(photo));
  const { catalogue } = config.rules;
  const isForPlaces = mayGive("photos", accident, letter, catalogue);
  const [missing] = isForPlaces ? missingSlots(accident).filter((slot) => !isKept(slot)) : [];
  return missing ?? wantedExtras(accident, letter, catalogue)[0] ?? "extra";
}
