import type { Accident, Letter, Position } from "./accident.ts";
import { looksLike } from "./image-hash.ts";
import {
  type Finding,
  type FindingCode,
  isMandatory,
  type Photo,
  type PhotoMeasures,
  type PhotoSlot,
  type PlateReading,
  type StoredPhoto,
  type Taken,
} from "./photo.ts";
import { isPlateSlot } from "./photo-plates.ts";
import { metresBetween, SHIFT_M } from "./positions.ts";

/** Facts about a picture when it is judged. */
export interface Examination {
  slot: PhotoSlot;
  by: Letter;
  /** of the original, upright, in pixels */
  width: number;
  height: number;
  sha256: string;
  imageHash: string | null;
  measures: PhotoMeasures;
  taken: Taken | null;
  /** a picture of another case looks the same */
  isSeenBefore: boolean;
}

/**
 * After so many pictures of one slot were sent back the next is accepted: checks must not keep anyone on the
 * road.
 */
export const MOST_TRIES = 2;

/*
 * Calibrated on 14 photographs of cars, the same ones blurred, darkened and reduced, and drawings. A blocking
 * finding means that the picture is useless to an officer; all others only warn and are recorded.
 */
const USELESS_SIDE = 480;
const SMALL_SIDE = 800;
/**
 * Laplacian variance scaled to the full range of light: sharp photographs have 300 and more, a slight shake
 * 100, σ 4 at 1,344 px about 20, σ 10 under 6
 */
const USELESS_SHARPNESS = 7;
const POOR_SHARPNESS = 40;
/** 98th percentile of luminance: under 24 nothing is visible, up to 60 a bright screen still shows a car */
const USELESS_LIGHT = 24;
const POOR_LIGHT = 60;
const MUCH_BLACK = 850;
const MUCH_WHITE = 400;

const DAY_MS = 24 * 3600_000;
const FAR_M = 2_000;
const blocks = (code: FindingCode): Finding => ({ code, level: "blocks" });
const warns = (code: FindingCode): Finding => ({ code, level: "warns" });

type Case = Pick<Accident, "photos" | "scene" | "openedAt">;

/** When and where the accident was, as far as pictures of one driver can be judged by it. */
interface Known {
  at: Date;
  position: Position | null;
}

/** The time as stated, else of the opening; the place by the phone of the driver who took the picture. */
const knownOf = ({ scene, openedAt }: Omit<Case, "photos">, by: Letter): Known => ({
  at: scene.occurredAt ?? openedAt,
  position: scene.positions[by],
});

/** Lists the findings of a picture, the gravest first. */
export function findingsOf(picture: Examination, accident: Case): Finding[] {
  const { measures } = picture;
  const found = [
    sizeOf(picture),
    lightOf(measures),
    sharpnessOf(measures),
    likenessOf(picture, accident),
    measures.whitePermille > MUCH_WHITE ? warns("overexposed") : null,
    picture.isSeenBefore ? warns("seen-before") : null,
    measures.isScreenshot ? warns("screenshot") : null,
    measures.isScreen ? warns("screen") : null,
    ...takenFindings(picture.taken, knownOf(accident, picture.by)),
  ].filter((finding) => finding !== null);
  return [...found.filter(({ level }) => level === "blocks"), ...found.filter(({ level }) => level === "warns")];
}

/** Returns the finding for which a picture is sent back, or null; never for the third picture of a slot. */
export function blockOf(accident: Pick<Accident, "photoTries">, slot: PhotoSlot, findings: Finding[]): Finding | null {
  if ((accident.photoTries[slot] ?? 0) >= MOST_TRIES) return null;
  return findings.find(({ level }) => level === "blocks") ?? null;
}

function sizeOf({ width, height }: Examination): Finding | null {
  const side = Math.max(width, height);
  if (side < USELESS_SIDE) return blocks("too-small");
  return side < SMALL_SIDE ? warns("too-small") : null;
}

function lightOf({ highlights, blackPermille }: PhotoMeasures): Finding | null {
  if (highlights < USELESS_LIGHT) return blocks("dark");
  return highlights < POOR_LIGHT || blackPermille > MUCH_BLACK ? warns("dark") : null;
}

/** Edge strength grows with the square of the light, so a dark picture does not count as blurred. */
function sharpnessOf({ sharpness, highlights }: PhotoMeasures): Finding | null {
  const inFullLight = sharpness * (255 / Math.max(highlights, 1)) ** 2;
  if (inFullLight < USELESS_SHARPNESS) return blocks("blurred");
  return inFullLight < POOR_SHARPNESS ? warns("blurred") : null;
}

function likenessOf(picture: Examination, { photos }: Case): Finding | null {
  const twin = twinOf(picture, photos);
  if (!twin) return null;
  return isMandatory(picture.slot) && isMandatory(twin.slot) ? blocks("same-picture") : warns("same-picture");
}

/** Returns the photograph in another slot of this case that is, or looks, the same. */
export function twinOf({ slot, sha256, imageHash }: PictureId, photos: readonly Photo[]): StoredPhoto | null {
  const isTwin = (other: Photo): other is StoredPhoto =>
    other.state === "stored" &&
    (other.slot !== slot || slot === "extra") &&
    (other.sha256 === sha256 ||
      (imageHash !== null && other.imageHash !== null && looksLike(imageHash, other.imageHash)));
  const twins = photos.filter(isTwin);
  return twins.find((twin) => isMandatory(twin.slot)) ?? twins[0] ?? null;
}
type PictureId = Pick<Examination, "slot" | "sha256" | "imageHash">;

/**
 * Compares EXIF with the accident's time and place. Without EXIF (the chat and many browsers strip it) there
 * is no finding.
 */
export function takenFindings(taken: Taken | null, known: Known): Finding[] {
  const apartMs = taken?.at ? Math.abs(taken.at.getTime() - known.at.getTime()) : 0;
  const isFar = taken?.position && known.position && isElsewhere(taken.position, known.position);
  return [...(apartMs > DAY_MS ? [warns("taken-earlier")] : []), ...(isFar ? [warns("taken-elsewhere")] : [])];
}

/** EXIF is WGS-84, and some phones write the map's GCJ-02 into it. */
function isElsewhere(taken: Pick<Position, "lat" | "lng">, known: Position): boolean {
  return metresBetween(taken, known) > FAR_M + SHIFT_M + (known.accuracyM ?? 0);
}

const OF_TIME_AND_PLACE: readonly FindingCode[] = ["taken-earlier", "taken-elsewhere"];

/** Judges the pictures of a case again when a position or the time of the accident was given or corrected. */
export function judgedAgain(accident: Case): Photo[] {
  const { photos } = accident;
  const judged = photos.map((photo) => {
    if (photo.state !== "stored") return photo;
    const [before, rest] = [photo.findings.filter(isOfTaking), photo.findings.filter((one) => !isOfTaking(one))];
    const after = takenFindings(photo.taken, knownOf(accident, photo.by));
    const isSame = before.length === after.length && before.every(({ code }, at) => code === after[at]?.code);
    return isSame ? photo : { ...photo, findings: [...rest, ...after] };
  });
  return judged.some((photo, at) => photo !== photos[at]) ? judged : photos;
}

const isOfTaking = ({ code }: Finding): boolean => OF_TIME_AND_PLACE.includes(code);

/** Judges a picture again with its plates: a plate picture without one gets a warning. */
export function judgedByPlates(photo: StoredPhoto, plates: PlateReading): StoredPhoto {
  const rest = photo.findings.filter(({ code }) => code !== "no-plate");
  const isBare = isPlateSlot(photo.slot) && plates.best === null;
  return { ...photo, plates, findings: isBare ? [...rest, warns("no-plate")] : rest };
}
