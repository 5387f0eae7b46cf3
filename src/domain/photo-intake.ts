import { Invalid } from "../errors.ts";
import type { Accident, Change, Letter, NewEvent } from "./accident.ts";
import { photosAreSafe } from "./journey.ts";
import {
  type Finding,
  isMandatory,
  isStored,
  type Photo,
  type PhotoMeasures,
  type PhotoSlot,
  type StoredPhoto,
} from "./photo.ts";
import { blockOf, type Examination, findingsOf, MOST_TRIES, twinOf } from "./photo-findings.ts";

/** Result of the picture process: format, upright size of the original, copies, measures. */
interface Examined extends Pick<StoredPhoto, "imageHash" | "taken"> {
  mime: string;
  original: { width: number; height: number };
  copy: Buffer;
  thumb: Buffer;
  measures: PhotoMeasures;
}

/** An examined picture that is not stored yet. */
export interface Candidate extends Omit<Examined, "original"> {
  /** SHA-256 of the bytes, hexadecimal: their name in the blob store */
  sha256: string;
  /** of `sha256`, under the accident's key: the form that events may hold */
  digest: string;
  bytes: Buffer;
  width: number;
  height: number;
}

/** Joins a picture's bytes, names and examination. */
export const candidateOf = (
  bytes: Buffer,
  names: Pick<Candidate, "sha256" | "digest">,
  { original, ...examined }: Examined,
): Candidate => ({ ...examined, ...original, ...names, bytes });

/** A picture of another case that looks the same, as "NUMBER/PHOTO", or null. */
export type Likeness = string | null;

/** Names a like picture of another case. */
export const likenessOf = (like: { number: string; photoId: string } | null): Likeness =>
  like && `${like.number}/${like.photoId}`;

export interface Judgement {
  findings: Finding[];
  dupOf: StoredPhoto["dupOf"];
  /** the finding for which it is sent back, or null: it is accepted */
  block: Finding | null;
}

/** Judges a picture for one slot of a case: its findings, and whether it is sent back. */
export function judgePhoto(
  accident: Accident,
  slot: PhotoSlot,
  { candidate, by, likeness = null }: { candidate: Candidate; by: Letter; likeness?: Likeness },
): Judgement {
  const examination: Examination = { ...candidate, slot, by, isSeenBefore: likeness !== null };
  const findings = findingsOf(examination, accident);
  const dupOf = twinOf(examination, accident.photos)?.id ?? likeness;
  return { findings, dupOf, block: blockOf(accident, slot, findings) };
}

/** Lists the files of a picture: the original byte for byte, its copy, its thumbnail. */
export const filesOf = ({ bytes, copy, thumb }: Candidate) =>
  [
    { bytes, kind: "original" },
    { bytes: copy, kind: "copy" },
    { bytes: thumb, kind: "thumb" },
  ] as const;

/** Names of the stored files, in the order of `filesOf`. */
export type KeptNames = readonly [original: string, copy: string, thumb: string];

/** Returns what a stored photograph records of its picture. */
export function keptPhoto({ mime, bytes, width, height, imageHash, taken }: Candidate, names: KeptNames) {
  const [sha256, copySha256, thumbSha256] = names;
  return { sha256, copySha256, thumbSha256, mime, bytes: bytes.length, width, height, imageHash, taken };
}

/** Returns the entry by which later cases find a mandatory picture again, or null when it has no hash. */
export function hashToNote({ id: accidentId, number, photos }: Accident, photoId: string) {
  const photo = photos.filter(isStored).find(({ id }) => id === photoId);
  if (!photo?.imageHash || !isMandatory(photo.slot)) return null;
  return { accidentId, number, photoId, imageHash: photo.imageHash };
}

/** Makes the event of a stored photograph; `accident` contains it already. */
export function storedEvent(accident: Accident, photo: StoredPhoto, digest: string): NewEvent {
  const { id, slot, source, by, findings } = photo;
  const codes = findings.map(({ code }) => code);
  const data = { photo: id, slot, source, digest, complete: photosAreSafe(accident), findings: codes };
  return { type: "photo-stored", by, data };
}

export interface Rejected {
  slot: PhotoSlot;
  by: Letter;
  digest: string;
  block: Finding;
  now: Date;
}

/** A repeated upload within this time (its answer was lost) does not count as another try. */
const REPEAT_MS = 120_000;

/** Counts a picture that is sent back; null for a repetition of the last one. */
export function rejection(accident: Accident, { slot, by, digest, block, now }: Rejected): Change | null {
  const since = now.getTime() - REPEAT_MS;
  const isRepeat = accident.events.some(
    ({ type, data, at }) =>
      type === "photo-rejected" && data.slot === slot && data.digest === digest && at.getTime() >= since,
  );
  if (isRepeat) return null;
  const photoTries = { ...accident.photoTries, [slot]: (accident.photoTries[slot] ?? 0) + 1 };
  const event: NewEvent = { type: "photo-rejected", by, data: { slot, finding: block.code, digest } };
  return { accident: { ...accident, photoTries }, events: [event] };
}

/** Makes the refusal (422) of a picture that shows nothing; another is asked for, at most twice. */
export const unusable = ({ photoTries }: Accident, slot: PhotoSlot, { code }: Finding): Invalid => {
  const tries = photoTries[slot] ?? 0;
  return new Invalid("photo-unusable", { field: slot, slot, finding: code, tries, triesLeft: MOST_TRIES - tries });
};

/** of each driver beside the five: fifteen in all */
const MOST_EXTRAS = 5;

/**
 * Throws Invalid "too-many-photos" (409) for a driver's sixth photograph beside the five. There is always
 * room for the five, and neither driver can take the other's places.
 */
export function requireSpace({ photos }: Pick<Accident, "photos">, { slot, by }: Pick<Photo, "slot" | "by">): void {
  if (isMandatory(slot)) return;
  const extras = photos.filter((photo) => photo.by === by && !isMandatory(photo.slot) && photo.state !== "refused");
  if (extras.length >= MOST_EXTRAS) throw new Invalid("too-many-photos", { limit: MOST_EXTRAS }, 409);
}
