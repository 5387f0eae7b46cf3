import { jpegIsWhole, jpegSize } from "./jpeg.ts";
import { pngIsWhole, pngSize } from "./png.ts";
import type { Size } from "./size.ts";
import { isAnimation, webpIsWhole, webpSize } from "./webp.ts";

export type ImageMime = "image/jpeg" | "image/png" | "image/webp";

const PNG_START = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG_START = Buffer.from([0xff, 0xd8, 0xff]);
/** brands of the ISO file format in which phones write pictures */
const HEIF_BRANDS = /^ftyp(hei[cxms]|hev[cxms]|mif[12]|msf1|avi[fs])$/;

interface Format {
  sizeOf(bytes: Buffer): Size | null;
  isWhole(bytes: Buffer): boolean;
}

const FORMATS: Record<ImageMime, Format> = {
  "image/jpeg": { sizeOf: jpegSize, isWhole: jpegIsWhole },
  "image/png": { sizeOf: pngSize, isWhole: pngIsWhole },
  "image/webp": { sizeOf: webpSize, isWhole: webpIsWhole },
};

/** Detects the format by the first bytes; null for anything that is not accepted, including animated WebP. */
export function formatOf(bytes: Buffer): ImageMime | null {
  if (bytes.subarray(0, 3).equals(JPEG_START)) return "image/jpeg";
  if (bytes.subarray(0, 8).equals(PNG_START)) return "image/png";
  const isWebp = bytes.toString("latin1", 0, 4) === "RIFF" && bytes.toString("latin1", 8, 12) === "WEBP";
  return isWebp && !isAnimation(bytes) ? "image/webp" : null;
}

/** True for HEIC or AVIF: from a phone, but not accepted; the driver is told what to do. */
export const isHeif = (bytes: Buffer): boolean => HEIF_BRANDS.test(bytes.toString("latin1", 4, 12));

/**
 * Returns the size that a decoder will find, from the header alone. Null: an unusual header, which no decoder
 * may get.
 */
export const sizeOf = (bytes: Buffer, mime: ImageMime): Size | null => FORMATS[mime].sizeOf(bytes);

/**
 * False when the file ends early. Reads structure only, so that an upload is refused at once, without
 * decoding.
 */
export const isWhole = (bytes: Buffer, mime: ImageMime): boolean => FORMATS[mime].isWhole(bytes);
