import type { Accident, Change, NewEvent, OutboxEntry } from "./accident.ts";
import type { PlateReading, StoredPhoto } from "./photo.ts";
import { judgedByPlates } from "./photo-findings.ts";
import { doubtEvents, isPlateSlot } from "./photo-plates.ts";

/**
 * Makes the job that reads the plates in a photograph: the two plate pictures first, others when nothing else
 * is waiting.
 */
export const plateJob = ({ id: accidentId }: Accident, { id: photoId, slot }: StoredPhoto): OutboxEntry => ({
  kind: isPlateSlot(slot) ? "plate" : "plate-idle",
  target: photoId,
  body: JSON.stringify({ accidentId, photoId }),
});

/**
 * Returns the accident with the plates read in one of its photographs. Events say that a plate was found,
 * never which.
 */
export function withReading(accident: Accident, photo: StoredPhoto, plates: PlateReading): Omit<Change, "outbox"> {
  const read = judgedByPlates(photo, plates);
  const next = { ...accident, photos: accident.photos.map((other) => (other.id === photo.id ? read : other)) };
  return { accident: next, events: [readEvent(read, plates), ...doubtEvents(accident, next)] };
}

const readEvent = ({ id, slot }: StoredPhoto, { best, others }: PlateReading): NewEvent => ({
  type: "plate-read",
  by: "system",
  data: { photo: id, slot, found: (best ? 1 : 0) + others.length, sure: best?.sure ?? false },
});
