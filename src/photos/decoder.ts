import sharp, { type Sharp, type SharpOptions } from "sharp";
import { Invalid } from "../errors.ts";
import { DECODE_TIMEOUT_SECONDS, MAX_PHOTO_PIXELS } from "./limits.ts";

/** Some phones write these; every viewer shows such a picture as it should be, so the driver is not sent back for it. */
const HARMLESS = /Invalid SOS parameters|extraneous bytes before marker/;

/** Leaves libvips three loaders, from memory only. Without this sharp also opens SVG, TIFF, GIF, HEIF and files by name. */
export function allowPhotosOnly(): void {
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({
    operation: ["VipsForeignLoadJpegBuffer", "VipsForeignLoadPngBuffer", "VipsForeignLoadWebpBuffer"],
  });
}

/** Reads the header only: the pixel limit is judged by who asks, before anything is decoded. */
export async function headerOf(bytes: Buffer) {
  try {
    return await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch {
    throw damaged();
  }
}

/** Decodes once, under the limits of pixels and time, and hands the pipeline to `work`; what cannot be decoded is `photo-damaged`. */
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
