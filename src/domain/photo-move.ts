import type { Accident, NewEvent } from "./accident.ts";
import type { Photo, PhotoSlot } from "./photo.ts";
import { movedTo } from "./photo-place.ts";
import { doubtEvents } from "./photo-plates.ts";

/** Returns the accident with a picture in another slot, and what follows for the plates. */
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
