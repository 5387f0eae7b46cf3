import { heifIsWhole, heifOf } from "./heif.ts";
import { jpegIsWhole, jpegMemory, jpegSize } from "./jpeg.ts";
import { pngIsWhole, pngMemory, pngSize } from "./png.ts";
import type { Size } from "./size.ts";
import { isAnimation, webpIsWhole, webpSize } from "./webp.ts";

export type ImageMime = "image/jpeg" | "image/png" | "image/webp" | "image/heic" | "image/avif";

const PNG_START = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG_START = Buffer.from([0xff, 0xd8, 0xff]);

interface Format {
  sizeOf(bytes: Buffer): Size | null;
  isWhole(bytes: Buffer): boolean;
  /** bytes that its decoder holds at once, beside a few rows */
  memory(bytes: Buffer, pixels: number): number;
}

/**
 * Luma and half as much chroma, once decoded and once as a reference, and three bytes a pixel for its
 * colours.
 */
const HEIF_PIXEL = 6;
/** A grid is decoded tile by tile. */
const hevcMemory = (bytes: Buffer, pixels: number) => (heifOf(bytes)?.isTiled ? 0 : pixels * HEIF_PIXEL);
/** As measured: libaom holds several frames, and libvips the colours of the whole picture. */
const AVIF_PIXEL = 17;
const WEBP_PIXEL = 4;

const FORMATS: Record<ImageMime, Format> = {
  "image/jpeg": { sizeOf: jpegSize, isWhole: jpegIsWhole, memory: jpegMemory },
  "image/png": { sizeOf: pngSize, isWhole: pngIsWhole, memory: pngMemory },
  "image/webp": { sizeOf: webpSize, isWhole: webpIsWhole, memory: (_, pixels) => pixels * WEBP_PIXEL },
  "image/heic": { sizeOf: heifOf, isWhole: heifIsWhole, memory: hevcMemory },
  "image/avif": { sizeOf: heifOf, isWhole: heifIsWhole, memory: (_, pixels) => pixels * AVIF_PIXEL },
};

/** Detects the format by the first bytes; null for anything that is not accepted, including animated WebP. */
export function formatOf(bytes: Buffer): ImageMime | null {
  if (bytes.subarray(0, 3).equals(JPEG_START)) return "image/jpeg";
  if (bytes.subarray(0, 8).equals(PNG_START)) return "image/png";
  const isWebp = bytes.toString("latin1", 0, 4) === "RIFF" && bytes.toString("latin1", 8, 12) === "WEBP";
  if (isWebp) return isAnimation(bytes) ? null : "image/webp";
  const heif = heifOf(bytes);
  return heif && (heif.codec === "hevc" ? "image/heic" : "image/avif");
}

/**
 * Returns the size that a decoder will find, from the header alone. Null: an unusual header, which no decoder
 * may get.
 */
export const sizeOf = (bytes: Buffer, mime: ImageMime): Size | null => {
  const size = FORMATS[mime].sizeOf(bytes);
  return size && { width: size.width, height: size.height };
};

/** About how much memory a decoder takes for the picture, in bytes. */
export const memoryFor = (bytes: Buffer, mime: ImageMime, { width, height }: Size): number =>
  FORMATS[mime].memory(bytes, width * height);

/**
 * False when the file ends early. Reads structure only, so that an upload is refused at once, without
 * decoding.
 */
export const isWhole = (bytes: Buffer, mime: ImageMime): boolean => FORMATS[mime].isWhole(bytes);
