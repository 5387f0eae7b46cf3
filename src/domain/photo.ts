import type { Letter, Position } from "./accident.ts";

/** The five mandatory photographs of Shanghai's practice, in the order in which they are asked for. */
export const PHOTO_SLOTS = ["scene", "own-damage", "other-damage", "own-plate", "other-plate"] as const;
/** What may follow: the three that the type of accident can make worth having, and anything else. */
export const EXTRA_SLOTS = ["traffic-light", "lane-lines", "road-sign", "extra"] as const;
export type MandatorySlot = (typeof PHOTO_SLOTS)[number];
export type ExtraSlot = (typeof EXTRA_SLOTS)[number];
export type PhotoSlot = MandatorySlot | ExtraSlot;

/** Of these there is one picture each, a new one replaces it. */
export const isMandatory = (slot: PhotoSlot): slot is MandatorySlot =>
  (PHOTO_SLOTS as readonly string[]).includes(slot);

/** Each is a sentence that says what to do (templates/h5 and templates/chat, `finding.CODE`). */
export const FINDING_CODES = [
  /** the longest side is under what shows a car */
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
  /** only what makes the picture useless blocks, and no picture twice more than twice: then it is taken as it is */
  level: "blocks" | "warns";
}

/** What the pixels say; every number is an integer, so that it may be hashed and sealed. */
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

export interface Photo {
  id: string;
  slot: PhotoSlot;
  by: Letter;
  source: "form" | "chat";
  /**
   * `announced`: a media id is stored, the bytes are not here yet; `delayed`: the platform does not hand them out at present, so its place is
   * asked for again; `stored`: safe on the server; `refused`: not an image, too big …
   */
  state: "announced" | "delayed" | "stored" | "refused";
  mediaId: string | null;
  refusal: string | null;
  sha256: string | null;
  mime: string | null;
  bytes: number | null;
  width: number | null;
  height: number | null;
  /** the 1,344-px copy and the thumbnail, names in the blob store */
  copySha256: string | null;
  thumbSha256: string | null;
  receivedAt: Date;
  findings: Finding[];
  /** 64 bits, hexadecimal: like pictures differ in few of them */
  imageHash: string | null;
  /** sealed at rest, as `plates` is */
  taken: Taken | null;
  /** null: not read yet, or there is no reader on this machine */
  plates: PlateReading | null;
  /** what the phone had before it made the picture smaller for a slow network */
  shrunkFrom: { width: number; height: number; bytes: number } | null;
  /** what it looks the same as: a photograph of this case (its id), or of another ("KC20261123-000042/id") */
  dupOf: string | null;
  /** it shows a plate, the driver has been asked whose, and it stands in one of the two places until he says */
  isAsked: boolean;
}

/** A picture of which nothing is known yet but that it is there. */
export const UNEXAMINED: Pick<
  Photo,
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
export const isToFetch = ({ state }: Pick<Photo, "state">): boolean => state === "announced" || state === "delayed";

/** The same bytes stand in this place already: an upload whose answer was lost comes again. */
export const isStoredIn = (
  { photos }: { photos: readonly Photo[] },
  { slot, letter, sha256 }: { slot: PhotoSlot; letter: Letter; sha256: string },
): boolean =>
  photos.some(
    (photo) => photo.slot === slot && photo.by === letter && photo.state === "stored" && photo.sha256 === sha256,
  );
