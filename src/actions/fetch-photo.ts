import type { Context } from "../context.ts";
import type { Accident, Change } from "../domain/accident.ts";
import { mayGive } from "../domain/journey.ts";
import { type AwaitedPhoto, isToFetch, type PlateReading } from "../domain/photo.ts";
import { arrived, delayed, isBlocked, refused, type Seen, sentBack } from "../domain/photo-arrival.ts";
import { type Again, tryAgain } from "../domain/photo-delay.ts";
import { type Candidate, candidateOf, filesOf, hashToNote, judgePhoto, likenessOf } from "../domain/photo-intake.ts";
import { Invalid, Upstream } from "../errors.ts";
import { within } from "../timer.ts";

export interface FetchPhoto {
  accidentId: string;
  photoId: string;
  /** attempts of this job, this one included, without those that only found a delay */
  attempts?: number;
  /**
   * no further attempt follows: a picture that cannot be stored now is refused, so that its slot is asked for
   * again
   */
  last?: boolean;
}

/**
 * Downloads a picture that was sent by chat, checks it, puts it into the slot that fits it, and stores it. An
 * unusable one is refused and the driver told what to do. One that the platform does not hand out now is
 * delayed: the driver is sent to the form, and the result says when the job runs again. Throws Busy when too
 * many pictures wait.
 */
export async function fetchPhoto(ctx: Context, job: FetchPhoto): Promise<Again | null> {
  const { accidentId, photoId, attempts = 1, last = false } = job;
  const accident = await ctx.accidents.get(accidentId);
  const photo = accident.photos.find((candidate) => candidate.id === photoId);
  if (!photo || !isToFetch(photo)) return null;
  const decide = changer(ctx, job);
  const fetched = await download(ctx, accident, { photo, attempts });
  if ("refusal" in fetched) return decide((current, now) => refused(current, now, fetched.refusal)).then(nothingMore);
  if ("again" in fetched) {
    const { again } = fetched;
    if (photo.state !== "delayed") ctx.log.error({ accidentId, photoId, code: again.code }, "photo.delayed");
    await decide((current, now) => delayed(current, now, again.code));
    return again;
  }
  const judgement = judgePhoto(accident, photo.slot, { candidate: fetched, by: photo.by });
  const now = ctx.clock.now();
  if (isBlocked(judgement)) {
    const { digest } = fetched;
    return decide((current, there) => sentBack(current, there, { judgement, digest, now })).then(nothingMore);
  }
  const [kept, seen] = await Promise.all([
    keep(ctx, accident, { candidate: fetched, last }),
    see(ctx, accident, { photo, bytes: fetched.bytes }),
  ]);
  if (!kept) return decide((current, there) => refused(current, there, "not-kept")).then(nothingMore);
  const arrival = { candidate: fetched, ...kept, seen, now: ctx.clock.now() };
  const after = await decide((current, announced) => arrived(current, { ...arrival, announced }));
  const hash = hashToNote(after, photoId);
  if (hash) await ctx.photoHashes.note(hash);
  return null;
}

const nothingMore = () => null;

/** Changes the case as long as the picture is still to be fetched. */
const changer =
  (ctx: Context, { accidentId, photoId }: FetchPhoto) =>
  (decide: (current: Accident, photo: AwaitedPhoto) => Change | null): Promise<Accident> =>
    ctx.accidents.change(accidentId, (current) => {
      const photo = current.photos.find((candidate) => candidate.id === photoId);
      return photo && isToFetch(photo) ? decide(current, photo) : null;
    });

/** Codes of the form's errors for answers of the platform that were no picture. */
const REFUSALS: Record<string, string> = { "media-too-large": "photo-too-large", "media-type": "not-an-image" };

type Fetched = Candidate | { refusal: string } | { again: Again };

/** Downloads and examines the picture; throws to the job what a retry in some seconds may heal. */
async function download(
  ctx: Context,
  { key }: Accident,
  { photo, attempts }: { photo: AwaitedPhoto; attempts: number },
): Promise<Fetched> {
  try {
    const { bytes } = await ctx.wechat.getMedia(photo.mediaId);
    const sha256 = ctx.blobs.nameOf(bytes);
    return candidateOf(bytes, { sha256, digest: ctx.vault.digest(key, sha256) }, await ctx.photos.examine(bytes));
  } catch (error) {
    if (error instanceof Invalid) return { refusal: REFUSALS[error.code] ?? error.code };
    if (!(error instanceof Upstream)) throw error;
    const again = tryAgain(error, { photo, attempts, now: ctx.clock.now(), random: Math.random() });
    if (again) return { again };
    return { refusal: photo.state === "delayed" ? "media-lost" : "media-gone" };
  }
}

const isFinal = (error: unknown, last: boolean): error is Upstream =>
  error instanceof Upstream && (last || !error.retryable);

/**
 * Stores the picture and meanwhile looks for a like one in other cases. Null when it can never be stored: the
 * driver who waits for "you may move" must be told. A full store is Busy, and the job comes again.
 */
async function keep(ctx: Context, accident: Accident, { candidate, last }: { candidate: Candidate; last: boolean }) {
  const { imageHash } = candidate;
  try {
    const [names, like] = await Promise.all([
      ctx.blobs.saveAll(accident, filesOf(candidate)),
      imageHash ? ctx.photoHashes.findLike({ accidentId: accident.id, imageHash }) : null,
    ]);
    return { names, likeness: likenessOf(like) };
  } catch (error) {
    if (!isFinal(error, last)) throw error;
    ctx.log.error({ accidentId: accident.id, code: error.code }, "photo.not-kept");
    return null;
  }
}

/** The driver waits for the answer at the roadside; what is not read by then is read by a job. */
const WAIT_MS = 1_500;

/**
 * Examines a picture to choose its slot; null when the slot does not depend on it (driver B's, and all once
 * the cars have moved).
 */
async function see(
  ctx: Context,
  accident: Accident,
  { photo, bytes }: { photo: AwaitedPhoto; bytes: Buffer },
): Promise<Seen | null> {
  if (!mayGive("photos", accident, photo.by, ctx.config.rules.catalogue)) return null;
  const [plates, last] = await Promise.all([
    within(readNow(ctx, bytes), { timer: ctx.timer, ms: WAIT_MS }, () => null),
    ctx.people.lastDetails(accident.parties.A.identity.personId),
  ]);
  return { plates, lastPlate: last?.plate ?? null };
}

/** A reader that is busy or broken must not keep the picture from its case: a job reads it later. */
async function readNow(ctx: Context, bytes: Buffer): Promise<PlateReading | null> {
  const { plates } = ctx.photos;
  try {
    return (await plates.isAvailable()) ? await plates.read(bytes, "awaited") : null;
  } catch {
    return null;
  }
}
