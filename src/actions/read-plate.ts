import type { Context } from "../context.ts";
import type { Accident, Change, NewEvent, OutboxEntry } from "../domain/accident.ts";
import { serialise } from "../domain/agreement.ts";
import type { Photo, PlateReading } from "../domain/photo.ts";
import { judgedByPlates } from "../domain/photo-findings.ts";
import { clearerReading, isPlateSlot, newDoubts } from "../domain/photo-plates.ts";

export interface ReadPlate {
  accidentId: string;
  photoId: string;
}

/** What leads here: the two pictures of plates first, the others when nothing else is to be read. */
export const plateJob = ({ id: accidentId }: Accident, { id: photoId, slot }: Photo): OutboxEntry => ({
  kind: isPlateSlot(slot) ? "plate" : "plate-idle",
  target: photoId,
  body: JSON.stringify({ accidentId, photoId }),
});

/** Reads the plates in a photograph: in its copy, a picture of a plate also in the original when the copy leaves a doubt. Does nothing where there is no reader, or nothing new. */
export async function readPlate(ctx: Context, { accidentId, photoId }: ReadPlate): Promise<void> {
  const accident = await ctx.accidents.find(accidentId);
  const photo = accident?.photos.find(({ id }) => id === photoId);
  // erased, replaced, or read when it was placed
  if (!accident || photo?.state !== "stored" || photo.plates?.best?.sure) return;
  const reading = await readingOf(ctx, accident, photo);
  if (!reading) return;
  await ctx.accidents.change(accident, (current) => {
    const now = current.photos.find(({ id }) => id === photoId);
    return now?.state === "stored" ? withReading(current, now, reading) : null;
  });
}

async function readingOf(ctx: Context, accident: Accident, photo: Photo): Promise<PlateReading | null> {
  const { plates } = ctx.photos;
  if (!(await plates.isAvailable())) return null;
  const inCopy = await plates.read(await ctx.blobs.read(accident, String(photo.copySha256)));
  if (!inCopy || inCopy.best?.sure || !isPlateSlot(photo.slot)) return inCopy;
  const inOriginal = await plates.read(await ctx.blobs.read(accident, String(photo.sha256)));
  return inOriginal ? clearerReading(inCopy, inOriginal) : inCopy;
}

/** The accident with what was read in one of its photographs; null: that is known already. Events say that a plate was found, never which. */
export function withReading(accident: Accident, photo: Photo, reading: PlateReading): Change | null {
  const plates = photo.plates ? clearerReading(photo.plates, reading) : reading;
  if (photo.plates && serialise(photo.plates) === serialise(plates)) return null;
  const read = judgedByPlates(photo, plates);
  const next = { ...accident, photos: accident.photos.map((other) => (other.id === photo.id ? read : other)) };
  return { accident: next, events: [readEvent(read, plates), ...doubtEvents(accident, next)] };
}

export const readEvent = ({ id, slot }: Photo, { best, others }: PlateReading): NewEvent => ({
  type: "plate-read",
  by: "system",
  data: { photo: id, slot, found: (best ? 1 : 0) + others.length, sure: best?.sure ?? false },
});

/** What was typed and what a picture surely shows are two things, since this change. */
export const doubtEvents = (before: Accident, after: Accident): NewEvent[] =>
  newDoubts(before, after).map(({ party, photoId }) => ({
    type: "plate-differs",
    by: "system",
    data: { party, photo: photoId },
  }));
