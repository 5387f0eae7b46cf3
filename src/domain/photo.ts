import type { Letter } from "./letter.ts";
import type { Position } from "./position.ts";

/** The five mandatory photographs of Shanghai's practice, in the order in which they are asked for. */
export const PHOTO_SLOTS = ["scene", "own-damage", "other-damage", "own-plate", "other-plate"] as const;
/** Extras: three that the type of accident can make useful, and anything else. */
export const EXTRA_SLOTS = ["traffic-light", "lane-lines", "road-sign", "extra"] as const;
export type MandatorySlot = (typeof PHOTO_SLOTS)[number];
export type ExtraSlot = (typeof EXTRA_SLOTS)[number];
export type PhotoSlot = MandatorySlot | ExtraSlot;

/** True for a mandatory slot, which has one picture: a new one replaces it. */
export const isMandatory = (slot: PhotoSlot): slot is MandatorySlot => PHOTO_SLOTS.some((one) => one === slot);

/**
 * Codes of findings; each has a sentence that says what to do (templates/h5 and templates/chat,
 * `finding.CODE`).
 */
export const FINDING_CODES = [
  /** the longest side is too short to show a car */
  "too-small",
  "blurred",
  "dark",
  "overexposed",
  /** the same picture stands in another place of this case */
  "same-picture",
  /** a picture of another case looks the same */
  "seen-before",
  "screenshot",
  /** a photo of a screen */
  "screen",
  /** EXIF: taken long before or after the accident, or far from it; where there is no EXIF nothing is said */
  "taken-earlier",
  "taken-elsewhere",
  /** a plate picture in which no plate could be read */
  "no-plate",
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

export interface Finding {
  code: FindingCode;
  /** `blocks`: useless, sent back, at most MOST_TRIES times per slot, then accepted with a warning */
  level: "blocks" | "warns";
}

/** Measures of the pixels; all integers, so that they may be hashed and sealed. */
export interface PhotoMeasures {
  /** variance of the Laplacian over the 512-px grey copy */
  sharpness: number;
  /** mean and 98th percentile of the luminance, 0 to 255 */
  brightness: number;
  highlights: number;
  /** parts in a thousand of all pixels that are all but black, or all but white */
  blackPermille: number;
  whitePermille: number;
  isScreenshot: boolean;
  isScreen: boolean;
}

/** From EXIF; the chat and many browsers strip it, and its absence says nothing. */
export interface Taken {
  /** the camera's own clock, taken as China's time where it names no zone */
  at: Date | null;
  position: Pick<Position, "lat" | "lng"> | null;
}

export interface ReadPlate {
  /** normalised, as domain/plate.ts compares it */
  plate: string;
  /** sure enough to fill a form; else it is only offered */
  sure: boolean;
  /** hundredths of a nat between this string and the second best */
  gap: number;
  /** in thousandths of the upright picture's width and height */
  box: { x: number; y: number; width: number; height: number };
  /** the next best strings, best first */
  runnersUp: string[];
}

export interface PlateReading {
  /** the largest whole plate; null: none was found */
  best: ReadPlate | null;
  others: ReadPlate[];
}

interface AnyPhoto {
  id: string;
  slot: PhotoSlot;
  by: Letter;
  source: "form" | "chat";
  receivedAt: Date;
}

/**
 * `announced`: a media id of the chat is stored, the bytes are not here yet. `delayed`: the platform does not
 * hand them out now, so the slot is asked for again.
 */
export interface AwaitedPhoto extends AnyPhoto {
  state: "announced" | "delayed";
  mediaId: string;
}

/** A chat picture that was not taken: not an image, too large, nothing to be seen … */
export interface RefusedPhoto extends AnyPhoto {
  state: "refused";
  mediaId: string;
  /** code of the reason */
  refusal: string;
  findings: Finding[];
}

/** A picture that is safe on the server. */
export interface StoredPhoto extends AnyPhoto {
  state: "stored";
  /** null: it came by the form */
  mediaId: string | null;
  sha256: string;
  mime: string;
  bytes: number;
  width: number;
  height: number;
  /** names of the 1,344-px copy and the thumbnail in the blob store */
  copySha256: string;
  thumbSha256: string;
  findings: Finding[];
  /** 64 bits, hexadecimal: pictures that look the same differ in few of them; null: not measured */
  imageHash: string | null;
  /** sealed at rest, as `plates` is */
  taken: Taken | null;
  /** null: not read yet, or there is no reader on this machine */
  plates: PlateReading | null;
  /** size that the phone reports from before it shrank the picture */
  shrunkFrom: { width: number; height: number; bytes: number } | null;
  /** the picture that looks the same: of this case (its id), or of another ("KC20261123-000042/id") */
  dupOf: string | null;
  /**
   * the driver has been asked whose plate it shows; until the answer it stands in one of the two plate slots
   */
  isAsked: boolean;
}

export type Photo = AwaitedPhoto | RefusedPhoto | StoredPhoto;

/** A stored picture of which nothing is known yet but that it is there. */
export const UNEXAMINED: Pick<
  StoredPhoto,
  "findings" | "imageHash" | "taken" | "plates" | "shrunkFrom" | "dupOf" | "isAsked"
> = {
  findings: [],
  imageHash: null,
  taken: null,
  plates: null,
  shrunkFrom: null,
  dupOf: null,
  isAsked: false,
};

/** The platform keeps what a person has sent for so long. */
export const MEDIA_LIFE_MS = 3 * 24 * 3600_000;

/** Stored or announced: its slot is not asked for. */
export const isSent = ({ state }: Pick<Photo, "state">): boolean => state === "announced" || state === "stored";

/** Its bytes are still to be fetched from the platform. */
export const isToFetch = (photo: Photo): photo is AwaitedPhoto =>
  photo.state === "announced" || photo.state === "delayed";

export const isStored = (photo: Photo): photo is StoredPhoto => photo.state === "stored";

/** Returns the picture about which the driver has been asked whose plate it shows. */
export const askedPhoto = ({ photos }: { photos: readonly Photo[] }): StoredPhoto | undefined =>
  photos.filter(isStored).find(({ isAsked }) => isAsked);

/** The same bytes stand in this place already: an upload whose answer was lost comes again. */
export const isStoredIn = (
  { photos }: { photos: readonly Photo[] },
  { slot, letter, sha256 }: { slot: PhotoSlot; letter: Letter; sha256: string },
): boolean =>
  photos.some(
    (photo) => photo.slot === slot && photo.by === letter && photo.state === "stored" && photo.sha256 === sha256,
  );
