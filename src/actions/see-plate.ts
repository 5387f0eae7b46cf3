import type { Context } from "../context.ts";
import { type Accident, LETTERS, type Letter } from "../domain/accident.ts";
import type { Photo, PlateReading } from "../domain/photo.ts";
import type { KnownPlates } from "../domain/photo-place.ts";
import { within } from "../timer.ts";

/** What a picture of the chat is placed by. */
export interface Seen {
  /** null: no reader, or none that answered in time */
  plates: PlateReading | null;
  /** of the car that the first driver had last time */
  lastPlate: string | null;
}

/** A driver waits for his answer at the kerb; what is not read by then is read by the job. */
const WAIT_MS = 1_500;

/** Looks at a picture for its place; null: its place does not depend on what it shows (the second driver's, and all once the cars have moved). */
export async function seePlate(ctx: Context, accident: Accident, photo: Photo, bytes: Buffer): Promise<Seen | null> {
  if (photo.by !== "A" || accident.movedAt) return null;
  const [plates, last] = await Promise.all([
    within(readNow(ctx, bytes), { timer: ctx.timer, ms: WAIT_MS }, () => null),
    ctx.people.lastDetails(accident.parties.A.identity.personId),
  ]);
  return { plates, lastPlate: last?.plate ?? null };
}

/** A reader that is busy or broken keeps nobody's picture from its case: the job asks it again. */
async function readNow(ctx: Context, bytes: Buffer): Promise<PlateReading | null> {
  const { plates } = ctx.photos;
  try {
    return (await plates.isAvailable()) ? await plates.read(bytes, "awaited") : null;
  } catch {
    return null;
  }
}

/** The plates that are known of each car: typed by its driver, or the first driver's from last time. */
export function knownPlates({ parties }: Accident, lastPlate: string | null): KnownPlates {
  const [A, B] = LETTERS.map((letter: Letter) => parties[letter]?.details?.plate).map((plate) =>
    plate ? [plate] : [],
  );
  return { A: lastPlate ? [...(A ?? []), lastPlate] : (A ?? []), B: B ?? [] };
}
