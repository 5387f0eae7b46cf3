import type { Context } from "../context.ts";
import type { Accident, Letter, NewEvent } from "../domain/accident.ts";
import { missingSlots } from "../domain/journey.ts";
import { isToFetch, type Photo, type PhotoSlot, UNEXAMINED } from "../domain/photo.ts";
import { wantedExtras } from "../domain/photo-extras.ts";
import { movedTo } from "../domain/photo-place.ts";
import { isPlateSlot } from "../domain/photo-plates.ts";
import { Conflict } from "../errors.ts";
import { requireSpace } from "./add-photo.ts";
import { doubtEvents } from "./read-plate.ts";
import { requireParty } from "./require.ts";

export interface AnnouncePhoto {
  accidentId: string;
  letter: Letter;
  /** the platform keeps the bytes for three days under this id */
  mediaId: string;
  /** why the platform is known to hand out no pictures at present (its code): the place is asked for again at once */
  delayedBy?: string | null;
  /** who has just read the accident saves a second reading */
  loaded?: Accident;
}

/** A picture came by chat: its media id is stored and a job fetches the bytes. It fills the next place that is asked for, then the extras. */
export function announcePhoto(ctx: Context, announcement: AnnouncePhoto): Promise<Accident> {
  const { accidentId, letter, mediaId, delayedBy = null, loaded } = announcement;
  return ctx.accidents.change(loaded ?? accidentId, (accident) => {
    requireParty(accident, letter);
    if (accident.photos.some((photo) => photo.mediaId === mediaId)) return null;
    const slot = nextSlot(ctx, accident, letter);
    requireSpace(accident, slot);
    const photo = announced({
      ...{ id: ctx.randomId(9), slot, by: letter, mediaId, receivedAt: ctx.clock.now() },
      state: delayedBy ? "delayed" : "announced",
    });
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

/** The platform does not hand this picture out at present; `code` says why. */
export const delayedEvent = ({ id, slot }: Photo, code: string): NewEvent => ({
  type: "photo-delayed",
  by: "system",
  data: { photo: id, slot, code },
});

/** In the order asked for: the five are the first driver's; then what would help; then anything. A delayed one keeps its place. */
function nextSlot({ config }: Context, accident: Accident, letter: Letter): PhotoSlot {
  const isKept = (slot: PhotoSlot) => accident.photos.some((photo) => photo.slot === slot && isToFetch(photo));
  const [missing] = letter === "A" && !accident.movedAt ? missingSlots(accident).filter((slot) => !isKept(slot)) : [];
  return missing ?? wantedExtras(accident, letter, config.rules.catalogue)[0] ?? "extra";
}

const announced = (known: Pick<Photo, "id" | "slot" | "by" | "mediaId" | "receivedAt" | "state">): Photo => ({
  ...known,
  source: "chat",
  refusal: null,
  sha256: null,
  mime: null,
  bytes: null,
  width: null,
  height: null,
  copySha256: null,
  thumbSha256: null,
  ...UNEXAMINED,
});

export interface MovePhoto {
  accidentId: string;
  letter: Letter;
  photoId: string;
  slot: PhotoSlot;
  loaded?: Accident;
}

/** Puts a picture into another slot; what stood there takes its place. It also answers the question whose plate one shows, even when the cars have moved. */
export function movePhoto(ctx: Context, { accidentId, letter, photoId, slot, loaded }: MovePhoto): Promise<Accident> {
  return ctx.accidents.change(loaded ?? accidentId, (accident) => {
    requireParty(accident, letter);
    const photo = accident.photos.find((candidate) => candidate.id === photoId);
    const isAnswer = photo?.isAsked && isPlateSlot(slot);
    // the second driver's go with him when he is taken out: they fill none of the five places
    if (photo?.by !== letter || letter !== "A" || (accident.movedAt && !isAnswer)) throw new Conflict("wrong-step");
    if (photo.slot === slot && !isAnswer) return null;
    return withMoved(accident, photo, { slot, by: letter });
  });
}

/** The accident with a picture in another place, and what follows from it for the plates. */
export function withMoved(
  accident: Accident,
  photo: Photo,
  { slot, by }: { slot: PhotoSlot; by: NewEvent["by"] },
): { accident: Accident; events: NewEvent[] } {
  const next = { ...accident, photos: movedTo(accident.photos, photo, { slot, isAsked: false }) };
  const other = slot === "extra" ? undefined : accident.photos.find((one) => one.slot === slot && one.id !== photo.id);
  const data = { photo: photo.id, from: photo.slot, to: slot, ...(other && { other: other.id }) };
  return { accident: next, events: [{ type: "photo-moved", by, data }, ...doubtEvents(accident, next)] };
}
