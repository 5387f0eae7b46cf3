import sharp, { type Sharp, type SharpOptions } from "sharp";
import { Invalid } from "../errors.ts";
import { DECODE_TIMEOUT_SECONDS, MAX_PHOTO_PIXELS } from "./limits.ts";

/**
 * Some phones write files with these faults, which every viewer shows correctly: the driver is not asked
 * again.
 */
const HARMLESS = /Invalid SOS parameters|extraneous bytes before marker/;

/**
 * Restricts libvips to three loaders, from memory only. Otherwise sharp also opens SVG, TIFF, GIF, HEIF and
 * files by name.
 */
export function allowPhotosOnly(): void {
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({
    operation: ["VipsForeignLoadJpegBuffer", "VipsForeignLoadPngBuffer", "VipsForeignLoadWebpBuffer"],
  });
}

/** Reads only the header; the caller checks the pixel limit before anything is decoded. */
export async function headerOf(bytes: Buffer) {
  try {
    return await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch {
    throw damaged();
  }
}

/**
 * Decodes once, within the limits of pixels and time, and passes the pipeline to `work`; a decoding fault is
 * `photo-damaged`.
 */
export async function decode<T>(bytes: Buffer, work: (image: Sharp) => Promise<T>): Promise<T> {
  try {
    return await work(open(bytes, "warning"));
  } catch (error) {
    if (!(error instanceof Error && HARMLESS.test(error.message))) throw damaged();
  }
  try {
    return await work(open(bytes, "error"));
  } catch {
    throw damaged();
  }
}

function open(bytes: Buffer, failOn: SharpOptions["failOn"]): Sharp {
  const image = sharp(bytes, { failOn, limitInputPixels: MAX_PHOTO_PIXELS, sequentialRead: true });
  return image.timeout({ seconds: DECODE_TIMEOUT_SECONDS });
}

const damaged = () => new Invalid("photo-damaged", {}, 422);
