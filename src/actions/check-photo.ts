import type { Context } from "../context.ts";
import type { Accident, Change, Letter, NewEvent } from "../domain/accident.ts";
import { photosAreSafe } from "../domain/journey.ts";
import { type Finding, isMandatory, type Photo, type PhotoSlot } from "../domain/photo.ts";
import { blockOf, type Examination, findingsOf, MOST_TRIES, twinOf } from "../domain/photo-findings.ts";
import { Invalid } from "../errors.ts";

type Examined = Awaited<ReturnType<Context["photos"]["examine"]>>;

/** A picture that was looked at and is not kept yet. */
export interface CheckedPhoto extends Pick<Photo, "mime" | "imageHash" | "taken"> {
  sha256: string;
  original: Buffer;
  made: Pick<Examined, "copy" | "thumb" | "measures">;
  /** of the original, upright */
  width: number;
  height: number;
  /** in another case */
  likeness: string | null;
}

/** Looks at a picture: by content, decoded once, measured. Throws Invalid (413, 415, 422) for what is no usable photograph, Busy when too many wait. */
export async function examinePhoto(ctx: Context, bytes: Buffer, sha256: string): Promise<CheckedPhoto> {
  const { mime, original, imageHash, taken, ...made } = await ctx.photos.examine(bytes);
  return { sha256, original: bytes, mime, ...original, imageHash, taken, made, likeness: null };
}

/** What is found in it in this place of the case, and whether it is sent back for that. */
export function judgePhoto(accident: Accident, slot: PhotoSlot, photo: CheckedPhoto) {
  const { made, likeness, ...known } = photo;
  const examination: Examination = { ...known, slot, measures: made.measures, isSeenBefore: likeness !== null };
  const findings = findingsOf(examination, accident);
  const dupOf = twinOf(examination, accident.photos)?.id ?? likeness;
  return { findings, dupOf, block: blockOf(accident, slot, findings) };
}

/** Keeps original, copy and thumbnail, byte for byte, and meanwhile asks whether another case has such a picture. */
export async function keepPhoto(ctx: Context, accident: Accident, photo: CheckedPhoto) {
  const { original, made, imageHash } = photo;
  const [[sha256, copySha256, thumbSha256], like] = await Promise.all([
    ctx.blobs.saveAll(accident, [
      { bytes: original, kind: "original" },
      { bytes: made.copy, kind: "copy" },
      { bytes: made.thumb, kind: "thumb" },
    ]),
    imageHash ? ctx.photoHashes.findLike({ accidentId: accident.id, imageHash }) : null,
  ]);
  const stored = { sha256, copySha256, thumbSha256 } as StoredNames;
  return { stored, checked: { ...photo, likeness: like && `${like.number}/${like.photoId}` } };
}

interface StoredNames {
  sha256: string;
  copySha256: string;
  thumbSha256: string;
}

/** What is written of it. */
export function keptPhoto({ mime, original, width, height, imageHash, taken }: CheckedPhoto, stored: StoredNames) {
  return { ...stored, mime, bytes: original.length, width, height, imageHash, taken };
}

/** A mandatory picture is found again by those of later cases. */
export async function notePhotoHash(ctx: Context, { id: accidentId, number, photos }: Accident, photoId: string) {
  const photo = photos.find(({ id }) => id === photoId);
  if (!photo?.imageHash || !isMandatory(photo.slot)) return;
  await ctx.photoHashes.note({ accidentId, number, photoId, imageHash: photo.imageHash });
}

export function storedEvent(ctx: Context, accident: Accident, photo: Photo): NewEvent {
  const { id, slot, source, by, findings } = photo;
  const digest = ctx.vault.digest(accident.key, String(photo.sha256));
  const codes = findings.map(({ code }) => code);
  const data = { photo: id, slot, source, digest, complete: photosAreSafe(accident), findings: codes };
  return { type: "photo-stored", by, data };
}

export interface Rejected {
  slot: PhotoSlot;
  by: Letter;
  sha256: string;
  block: Finding;
}

/** An upload whose answer was lost comes again by itself: not another try. */
const REPEAT_MS = 120_000;

/** Counts a picture that is sent back; null: it is the one that was sent back just now. */
export function rejection(ctx: Context, accident: Accident, { slot, by, sha256, block }: Rejected): Change | null {
  const digest = ctx.vault.digest(accident.key, sha256);
  const since = ctx.clock.now().getTime() - REPEAT_MS;
  const isRepeat = accident.events.some(
    ({ type, data, at }) =>
      type === "photo-rejected" && data.slot === slot && data.digest === digest && at.getTime() >= since,
  );
  if (isRepeat) return null;
  const photoTries = { ...accident.photoTries, [slot]: (accident.photoTries[slot] ?? 0) + 1 };
  const event: NewEvent = { type: "photo-rejected", by, data: { slot, finding: block.code, digest } };
  return { accident: { ...accident, photoTries }, events: [event] };
}

/** 422: it shows nothing; another one is asked for, twice at most. */
export const unusable = ({ photoTries }: Accident, slot: PhotoSlot, { code }: Finding): Invalid => {
  const tries = photoTries[slot] ?? 0;
  return new Invalid("photo-unusable", { field: slot, slot, finding: code, tries, triesLeft: MOST_TRIES - tries });
};
