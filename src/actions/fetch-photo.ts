import type { Context } from "../context.ts";
import type { Accident, Change, NewEvent } from "../domain/accident.ts";
import { photosAreSafe } from "../domain/journey.ts";
import { type Finding, isToFetch, type Photo } from "../domain/photo.ts";
import { answeredByPicture, movedTo, placeOf } from "../domain/photo-place.ts";
import { Invalid, Upstream } from "../errors.ts";
import { delayedEvent, withMoved } from "./announce-photo.ts";
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
import { type Again, isOver, isWanted, tryAgain } from "./delay-photo.ts";
import { notice } from "./notice.ts";
import { plateJob, withReading } from "./read-plate.ts";
import { knownPlates, type Seen, seePlate } from "./see-plate.ts";

export interface FetchPhoto {
  accidentId: string;
  photoId: string;
  /** of this job, this one included; those that only found a delay are not counted */
  attempts?: number;
  /** no further attempt follows: a picture that cannot be kept now is refused, so that its place is asked for again */
  last?: boolean;
}

/**
 * Downloads a picture that was sent in the chat, checks it, puts it into its place by what it shows and stores it; what is no usable photograph is
 * refused and the driver told what to do. One that the platform does not hand out at present is delayed: the driver is sent to the form, and the
 * job comes again as is returned, until the platform has it no more. When too many pictures wait (Busy) the job comes again.
 */
export async function fetchPhoto(ctx: Context, job: FetchPhoto): Promise<Again | null> {
  const { accidentId, photoId, attempts = 1, last = false } = job;
  const accident = await ctx.accidents.get(accidentId);
  const photo = accident.photos.find((candidate) => candidate.id === photoId);
  if (!photo?.mediaId || !isToFetch(photo)) return null;
  const decide = (decided: (current: Accident, now: Photo) => Change | null) =>
    ctx.accidents.change(accidentId, (current) => {
      const now = current.photos.find((candidate) => candidate.id === photoId);
      return now && isToFetch(now) ? decided(current, now) : null;
    });
  const done = async (decided: Parameters<typeof decide>[0]) => {
    await decide(decided);
    return null;
  };
  const fetched = await fetch(ctx, photo, attempts);
  if ("refusal" in fetched) return done((current, now) => refuse(current, now, fetched.refusal));
  if ("again" in fetched) {
    const { again } = fetched;
    if (photo.state !== "delayed") ctx.log.error({ accidentId, photo: photoId, code: again.code }, "photo.delayed");
    await decide((current, now) => delay(current, now, again.code));
    return again;
  }
  const verdict = judgePhoto(accident, photo.slot, fetched);
  if (isBlocked(verdict)) return done((current, now) => sendBack(ctx, current, now, { ...fetched, ...verdict }));
  const [kept, seen] = await Promise.all([
    keep(ctx, accident, { photo: fetched, last }),
    seePlate(ctx, accident, photo, fetched.original),
  ]);
  if (!kept) return done((current, now) => refuse(current, now, "not-kept"));
  const after = await decide((current, now) => take(ctx, current, { announced: now, ...kept, seen }));
  await notePhotoHash(ctx, after, photoId);
  return null;
}

/** What the platform's answer was no picture for, by the words that we have for a picture of the form. */
const REFUSALS: Record<string, string> = { "media-too-large": "photo-too-large", "media-type": "not-an-image" };

type Fetched = CheckedPhoto | { refusal: string } | { again: Again };

/** What a retry in some seconds may heal is thrown on to the job. */
async function fetch(ctx: Context, photo: Photo, attempts: number): Promise<Fetched> {
  try {
    const { bytes } = await ctx.wechat.getMedia(photo.mediaId as string);
    return await examinePhoto(ctx, bytes, ctx.blobs.nameOf(bytes));
  } catch (error) {
    if (error instanceof Invalid) return { refusal: REFUSALS[error.code] ?? error.code };
    if (!(error instanceof Upstream)) throw error;
    const again = tryAgain(error, { photo, attempts, now: ctx.clock.now() });
    if (again) return { again };
    return { refusal: photo.state === "delayed" ? "media-lost" : "media-gone" };
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
    outbox:
      accident.parties[photo.by] && isWanted(accident, photo)
        ? [notice(accident, photo.by, "photo-refused", { photo: photo.id, slot: photo.slot, refusal })]
        : [],
  };
}

/** Several that are delayed are said once. */
function delay(accident: Accident, photo: Photo, code: string): Change | null {
  if (photo.state === "delayed") return null;
  const isSaid = accident.photos.some(({ by, state }) => by === photo.by && state === "delayed");
  return {
    accident: replaced(accident, { ...photo, state: "delayed" }),
    events: [delayedEvent(photo, code)],
    outbox:
      accident.parties[photo.by] && !isSaid && !isOver(accident) ? [notice(accident, photo.by, "photo-delayed")] : [],
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
      ...(photosAreSafe(next) && !photosAreSafe(before) && !isOver(next) ? [notice(next, "A", "may-move")] : []),
    ],
  };
}

/** Its place by what it shows, while the first driver's pictures are still arranged; where he has put it himself, it stays. */
function placed(accident: Accident, photo: Photo, seen: Seen | null) {
  const isArranged = accident.events.some(
    ({ type, by, data }) =>
      type === "photo-moved" && by !== "system" && (data.photo === photo.id || data.other === photo.id),
  );
  if (!seen || accident.movedAt || isOver(accident) || isArranged)
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
