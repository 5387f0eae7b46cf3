import type { Context } from "../context.ts";
import type { Accident } from "../domain/accident.ts";
import type { PlateReading, StoredPhoto } from "../domain/photo.ts";
import { isPlateSlot } from "../domain/photo-plates.ts";
import { withReading } from "../domain/plate-reading.ts";
import { Invalid } from "../errors.ts";

export interface ReadPlate {
  accidentId: string;
  photoId: string;
}

/**
 * Reads the plates in a photograph, once; does nothing without a reader. "unreadable": the picture cannot be
 * opened, and the plate is typed by hand.
 */
export async function readPlate(ctx: Context, { accidentId, photoId }: ReadPlate): Promise<"done" | "unreadable"> {
  const accident = await ctx.accidents.find(accidentId);
  const photo = accident?.photos.find(({ id }) => id === photoId);
  // erased, replaced, or read when it was placed
  if (!accident || photo?.state !== "stored" || photo.plates) return "done";
  const reading = await readingOf(ctx, accident, photo);
  if (reading !== null)
    ctx.metrics.plate(reading !== "unreadable" && (reading.best ?? null) !== null ? "read" : "unread");
  if (reading === "unreadable") return reading;
  if (!reading) return "done";
  await ctx.accidents.change(accident, (current) => {
    const now = current.photos.find(({ id }) => id === photoId);
    return now?.state === "stored" && !now.plates ? withReading(current, now, reading) : null;
  });
  return "done";
}

/**
 * A plate slot's picture is read at full size; for the others, and for HEIC, which is decoded no larger, the
 * copy is enough.
 */
async function readingOf(
  ctx: Context,
  accident: Accident,
  photo: StoredPhoto,
): Promise<PlateReading | "unreadable" | null> {
  const { plates } = ctx.photos;
  if (!(await plates.isAvailable())) return null;
  const isPlate = isPlateSlot(photo.slot);
  const isCopy = !isPlate || photo.mime === "image/heic";
  const bytes = await ctx.blobs.read(accident, isCopy ? photo.copySha256 : photo.sha256);
  try {
    return await plates.read(bytes, isPlate ? "plate" : "other");
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    ctx.log.warn({ accidentId: accident.id, photoId: photo.id, code: error.code }, "plates.unreadable");
    return "unreadable";
  }
}
