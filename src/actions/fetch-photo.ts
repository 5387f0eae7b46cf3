import type { Context } from "../context.ts";
import type { Accident, Change, NewEvent } from "../domain/accident.ts";
import { photosAreSafe } from "../domain/journey.ts";
import type { Finding, Photo } from "../domain/photo.ts";
import { answeredByPicture, movedTo, placeOf } from "../domain/photo-place.ts";
import { Invalid, Upstream } from "../errors.ts";
import { withMoved } from "./announce-photo.ts";
import {
  type CheckedPhoto,
  examinePhoto,
  judgePhoto,
  keepPhoto,
  keptPhoto,
  notePhotoHash,
  rejection,
  storedEvent,
} from "./check-photo.ts";
import { notice } from "./notice.ts";
import { plateJob, withReading } from "./read-plate.ts";
import { knownPlates, type Seen, seePlate } from "./see-plate.ts";

export interface FetchPhoto {
  accidentId: string;
  photoId: string;
  /** no further attempt follows: a picture that cannot be had now is refused, so that its place is asked for again */
  last?: boolean;
}

/**
 * Downloads a picture that was sent in the chat, checks it, puts it into its place by what it shows and stores it; what is no usable photograph is
 * refused and the driver told what to do. When too many pictures wait (Busy) the job comes again.
 */
export async function fetchPhoto(ctx: Context, { accidentId, photoId, last = false }: FetchPhoto): Promise<Accident> {
  const accident = await ctx.accidents.get(accidentId);
  const photo = accident.photos.find((candidate) => candidate.id === photoId);
  if (photo?.state !== "announced" || !photo.mediaId) return accident;
  const decide = (decided: (current: Accident, now: Photo) => Change) =>
    ctx.accidents.change(accidentId, (current) => {
      const now = current.photos.find((candidate) => candidate.id === photoId);
      return now?.state === "announced" ? decided(current, now) : null;
    });
  const fetched = await fetch(ctx, photo.mediaId, last);
  if ("refusal" in fetched) return decide((current, now) => refuse(current, now, fetched.refusal));
  const verdict = judgePhoto(accident, photo.slot, fetched);
  if (isBlocked(verdict)) return decide((current, now) => sendBack(ctx, current, now, { ...fetched, ...verdict }));
  const [kept, seen] = await Promise.all([
    keep(ctx, accident, { photo: fetched, last }),
    seePlate(ctx, accident, photo, fetched.original),
  ]);
  if (!kept) return decide((current, now) => refuse(current, now, "not-kept"));
  const after = await decide((current, now) => take(ctx, current, { announced: now, ...kept, seen }));
  await notePhotoHash(ctx, after, photoId);
  return after;
}

/** What the platform's answer was no picture for, by the words that we have for a picture of the form. */
const REFUSALS: Record<string, string> = { "media-too-large": "photo-too-large", "media-type": "not-an-image" };

/** A fault that a retry may heal is thrown on to the job; the rest is a refusal. */
async function fetch(ctx: Context, mediaId: string, last: boolean): Promise<CheckedPhoto | { refusal: string }> {
  try {
    const { bytes } = await ctx.wechat.getMedia(mediaId);
    return await examinePhoto(ctx, bytes, ctx.blobs.nameOf(bytes));
  } catch (error) {
    if (error instanceof Invalid) return { refusal: REFUSALS[error.code] ?? error.code };
    if (isFinal(error, last)) return { refusal: "media-gone" };
    throw error;
  }
}

const isFinal = (error: unknown, last: boolean): error is Upstream =>
  error instanceof Upstream && (last || !error.retryable);

/** Null where it cannot be kept for good: who waits for "you may move" must hear of it. A full store is Busy, and comes again. */
async function keep(ctx: Context, accident: Accident, { photo, last }: { photo: CheckedPhoto; last: boolean }) {
  try {
    return await keepPhoto(ctx, accident, photo);
  } catch (error) {
    if (!isFinal(error, last)) throw error;
    ctx.log.error({ accidentId: accident.id, code: error.code }, "photo not kept");
    return null;
  }
}

function refuse(accident: Accident, photo: Photo, refusal: string): Change {
  const event: NewEvent = { type: "photo-refused", by: "system", data: { photo: photo.id, slot: photo.slot, refusal } };
  return {
    accident: replaced(accident, { ...photo, state: "refused", refusal }),
    events: [event],
    // Who sent it may have been taken out since.
    outbox: accident.parties[photo.by]
      ? [notice(accident, photo.by, "photo-refused", { photo: photo.id, slot: photo.slot, refusal })]
      : [],
  };
}

type Verdict = ReturnType<typeof judgePhoto>;
type Blocked = Verdict & { block: Finding };
const isBlocked = (verdict: Verdict): verdict is Blocked => verdict.block !== null;

/** It shows nothing: the driver is told what to do, and the try is counted. */
function sendBack(
  ctx: Context,
  accident: Accident,
  photo: Photo,
  told: Blocked & Pick<CheckedPhoto, "sha256">,
): Change {
  const { slot, by } = photo;
  const { sha256, block, findings } = told;
  const counted = rejection(ctx, accident, { slot, by, sha256, block });
  const refused = refuse(counted?.accident ?? accident, { ...photo, findings }, block.code);
  return { ...refused, events: [...(counted?.events ?? []), ...refused.events] };
}

type Kept = Awaited<ReturnType<typeof keepPhoto>> & { announced: Photo; seen: Seen | null };

function take(ctx: Context, before: Accident, { announced, checked, stored, seen }: Kept): Change {
  const { accident, events, now, placement } = placed(before, announced, seen);
  const verdict = judgePhoto(accident, placement.slot, checked);
  // another picture may have come in between
  if (isBlocked(verdict)) return sendBack(ctx, before, announced, { ...checked, ...verdict });
  const { findings, dupOf } = verdict;
  const photo: Photo = { ...now, ...keptPhoto(checked, stored), state: "stored", findings, dupOf };
  const photos = movedTo(replaced(accident, photo).photos, photo, placement);
  const there = { ...photo, ...placement };
  const reading = seen?.plates && withReading({ ...accident, photos }, there, seen.plates);
  const next = reading ? reading.accident : { ...accident, photos };
  return {
    accident: next,
    events: [...events, storedEvent(ctx, next, there), ...(reading ? reading.events : [])],
    outbox: [
      ...(reading ? [] : [plateJob(next, there)]),
      ...(placement.isAsked ? [notice(next, "A", "photo-asked")] : []),
      ...(photosAreSafe(next) && !photosAreSafe(before) ? [notice(next, "A", "may-move")] : []),
    ],
  };
}

/** Its place by what it shows, while the first driver's pictures are still arranged; where he has put it himself, it stays. */
function placed(accident: Accident, photo: Photo, seen: Seen | null) {
  const isArranged = accident.events.some(
    ({ type, by, data }) =>
      type === "photo-moved" && by !== "system" && (data.photo === photo.id || data.other === photo.id),
  );
  if (!seen || accident.movedAt || isArranged)
    return { accident, events: [], now: photo, placement: { slot: photo.slot, isAsked: false } };
  const known = knownPlates(accident, seen.lastPlate);
  const answer = seen.plates && answeredByPicture(accident, seen.plates, known);
  const settled = answer
    ? withMoved(accident, answer.photo, { slot: answer.slot, by: "system" })
    : { accident, events: [] };
  // the answer may have moved it as well
  const now = settled.accident.photos.find(({ id }) => id === photo.id) ?? photo;
  return { ...settled, now, placement: placeOf(settled.accident, now, { plates: seen.plates, known }) };
}

const replaced = (accident: Accident, photo: Photo): Accident => ({
  ...accident,
  photos: accident.photos.map((other) => (other.id === photo.id ? photo : other)),
});
