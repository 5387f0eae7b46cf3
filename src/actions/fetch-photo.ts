import type { Context } from "../context.ts";
import type { Accident, NewEvent, OutboxEntry } from "../domain/accident.ts";
import { photosAreSafe } from "../domain/journey.ts";
import type { Photo } from "../domain/photo.ts";
import { Invalid, Upstream } from "../errors.ts";
import { keep, type StoredPhoto } from "./add-photo.ts";
import { notice } from "./notice.ts";

export interface FetchPhoto {
  accidentId: string;
  photoId: string;
  /** no further attempt follows: a picture that cannot be had now is refused, so that its place is asked for again */
  last?: boolean;
}

/** Downloads a picture that was sent in the chat and stores it; what is no usable photograph is refused and the driver told. */
export async function fetchPhoto(ctx: Context, { accidentId, photoId, last = false }: FetchPhoto): Promise<Accident> {
  const accident = await ctx.accidents.get(accidentId);
  const photo = accident.photos.find((candidate) => candidate.id === photoId);
  if (photo?.state !== "announced" || !photo.mediaId) return accident;
  const stored = await fetched(ctx, accident, { mediaId: photo.mediaId, last });
  return ctx.accidents.change(accidentId, (current) => {
    const now = current.photos.find((candidate) => candidate.id === photoId);
    if (now?.state !== "announced") return null;
    return "refusal" in stored ? refuse(current, now, stored.refusal) : accept(ctx, current, now, stored);
  });
}

/** What the platform's answer was no picture for, by the words that we have for a picture of the form. */
const REFUSALS: Record<string, string> = { "media-too-large": "photo-too-large", "media-type": "not-an-image" };

type Fetched = StoredPhoto | { refusal: string };

/** A fault that a retry may heal is thrown on to the job; the rest is a refusal. */
async function fetched(
  ctx: Context,
  accident: Accident,
  { mediaId, last }: { mediaId: string; last: boolean },
): Promise<Fetched> {
  try {
    const media = await ctx.wechat.getMedia(mediaId);
    return await keep(ctx, accident, media.bytes);
  } catch (error) {
    if (error instanceof Invalid) return { refusal: REFUSALS[error.code] ?? error.code };
    if (error instanceof Upstream && (last || !error.retryable)) return { refusal: "media-gone" };
    throw error;
  }
}

function refuse(accident: Accident, photo: Photo, refusal: string) {
  const event: NewEvent = { type: "photo-refused", by: "system", data: { photo: photo.id, slot: photo.slot, refusal } };
  return {
    accident: replaced(accident, { ...photo, state: "refused", refusal }),
    events: [event],
    // Who sent it may have been taken out since.
    outbox: accident.parties[photo.by]
      ? [notice(accident, photo.by, "photo-refused", { slot: photo.slot, refusal })]
      : [],
  };
}

function accept(ctx: Context, accident: Accident, photo: Photo, stored: StoredPhoto) {
  const next = replaced(accident, { ...photo, ...stored, state: "stored" });
  const complete = photosAreSafe(next);
  const digest = ctx.vault.digest(accident.key, stored.sha256);
  const event: NewEvent = {
    type: "photo-stored",
    by: photo.by,
    data: { photo: photo.id, slot: photo.slot, source: "chat", digest, complete },
  };
  const outbox: OutboxEntry[] = complete && !photosAreSafe(accident) ? [notice(next, "A", "may-move")] : [];
  return { accident: next, events: [event], outbox };
}

const replaced = (accident: Accident, photo: Photo): Accident => ({
  ...accident,
  photos: accident.photos.map((other) => (other.id === photo.id ? photo : other)),
});
