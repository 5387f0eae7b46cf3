import exifReader from "exif-reader";
import type { Taken } from "../domain/photo.ts";
import { timesIn } from "./exif-times.ts";

export interface CameraData {
  taken: Taken | null;
  /** the file names a camera */
  hasCamera: boolean;
  /** the file names a program, and says of itself that it is a screenshot: phones write "Screenshot" there */
  saysScreenshot: boolean;
}

type Tags = Record<string, unknown>;

const NOTHING: CameraData = { taken: null, hasCamera: false, saysScreenshot: false };
/** The most that fits into a JPEG; other formats may carry more, no camera writes it. */
const MOST_BYTES = 64 * 1024;
const CHINA = "+08:00";
const OFFSET = /^[+-](0\d|1[0-4]):[0-5]\d$/;
/** Before this year phones took no pictures; a camera whose clock was never set says 1970 or 2000. */
const FIRST_YEAR = 2001;

/** Reads when and where the picture was taken, from the camera's data; implausible values are dropped. */
export function cameraDataOf(exif: Buffer | undefined): CameraData {
  const tags = exif && exif.length <= MOST_BYTES ? read(exif) : null;
  if (!exif || !tags) return NOTHING;
  const image = (tags.Image ?? {}) as Tags;
  const photo = (tags.Photo ?? {}) as Tags;
  const at = momentOf(photo, exif);
  const position = positionOf((tags.GPSInfo ?? {}) as Tags);
  const words = [image["Software"], image["ImageDescription"], photo["UserComment"]].map(textOf).join(" ");
  return {
    taken: at || position ? { at, position } : null,
    hasCamera: Boolean(textOf(image["Make"]) || textOf(image["Model"]) || photo["FNumber"] || photo["ExposureTime"]),
    saysScreenshot: /screen ?shot|截屏|截图/i.test(words),
  };
}

function read(exif: Buffer) {
  try {
    return exifReader(exif);
  } catch {
    return null;
  }
}

/**
 * Year to second: some cameras pad with blanks or zero bytes and some use other separators. A time zone or a
 * fraction may follow.
 */
const MOMENT = /^(\d{4})[:/.-](\d{2})[:/.-](\d{2})[ T](\d{2})[:.](\d{2})[:.](\d{2})/;

function momentOf(photo: Tags, exif: Buffer): Date | null {
  const wall = timesIn(exif).map(wallClockOf).find(Boolean);
  if (!wall) return null;
  const named = textOf(photo["OffsetTimeOriginal"] ?? photo["OffsetTime"]).trim();
  return new Date(`${wall}${OFFSET.test(named) ? named : CHINA}`);
}

/** As ISO 8601 without a zone; null for what no calendar and no clock shows, such as 18:60:19. */
function wallClockOf(text: string): string | null {
  const digits = MOMENT.exec(text.replaceAll("\0", " ").trim())?.slice(1);
  if (!digits || Number(digits[0]) < FIRST_YEAR) return null;
  const [year, month, day, hour, minute, second] = digits;
  const wall = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const at = new Date(`${wall}Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(wall) ? wall : null;
}

function positionOf(gps: Tags): Taken["position"] {
  const lat = degreesOf(gps["GPSLatitude"], gps["GPSLatitudeRef"], ["N", "S"], 90);
  const lng = degreesOf(gps["GPSLongitude"], gps["GPSLongitudeRef"], ["E", "W"], 180);
  // 0° N 0° E is what a phone without a position writes
  return lat === null || lng === null || (lat === 0 && lng === 0) ? null : { lat, lng };
}

/** Degrees, minutes and seconds; seven digits are a centimetre. */
function degreesOf(value: unknown, ref: unknown, [plus, minus]: [string, string], most: number): number | null {
  const sign = textOf(ref) === plus ? 1 : textOf(ref) === minus ? -1 : 0;
  if (sign === 0 || !Array.isArray(value) || value.length !== 3) return null;
  // some write 0/0 for the seconds, the minutes having a fraction
  const [degrees, minutes, seconds] = value.map((part, index) => (index === 2 ? Number(part) || 0 : Number(part))) as [
    number,
    number,
    number,
  ];
  const total = degrees + minutes / 60 + seconds / 3600;
  if (!(degrees >= 0 && minutes >= 0 && minutes < 60 && seconds >= 0 && seconds < 60 && total <= most)) return null;
  return Math.round(sign * total * 1e7) / 1e7;
}

/** Strings end at their first NUL; UserComment begins with eight bytes that name its alphabet. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value.split("\0")[0] as string;
  if (!Buffer.isBuffer(value)) return "";
  return value.toString("utf8").replaceAll("\0", "");
}
