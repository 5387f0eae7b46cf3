import sharp, { type Sharp, type SharpOptions } from "sharp";
import { Busy, Invalid } from "../errors.ts";
import { formatOf } from "./header/image-format.ts";
import { mendedJpeg } from "./header/jpeg-mend.ts";
import { decodeHeic } from "./heic/decode-heic.ts";
import { DECODE_TIMEOUT_SECONDS, LANE_LIMITS, MAX_PHOTO_PIXELS } from "./limits.ts";

/**
 * Some phones write files with these faults, which every viewer shows correctly: the driver is not asked
 * again.
 */
const HARMLESS = /Invalid SOS parameters|extraneous bytes before marker/;
/** Faults that are mended before the picture is decoded again, as strictly as before. */
const MENDABLE = /premature end of JPEG image|unknown JFIF revision|Unknown Adobe color transform/;
const TIMEOUT = /^timeout/;

/**
 * Restricts libvips to four loaders, from memory only. Otherwise sharp also opens SVG, TIFF, GIF and files by
 * name. Of the HEIF files libvips decodes AVIF; of HEIC it reads the header.
 */
export function allowPhotosOnly(): void {
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({
    operation: ["Jpeg", "Png", "Webp", "Heif"].map((format) => `VipsForeignLoad${format}Buffer`),
  });
}

/** Reads only the header; the caller checks the pixel limit before anything is decoded. */
export async function headerOf(bytes: Buffer) {
  try {
    // large HEIC files have more tiles than libvips opens otherwise
    return await sharp(bytes, { limitInputPixels: false, unlimited: formatOf(bytes) === "image/heic" }).metadata();
  } catch {
    throw damaged();
  }
}

/**
 * Decodes once, within the limits of pixels and time, and passes the pipeline to `work`; a decoding fault is
 * `photo-damaged`, a time-out Busy.
 */
export async function decode<T>(bytes: Buffer, work: (image: Sharp) => Promise<T>): Promise<T> {
  if (formatOf(bytes) === "image/heic") {
    const { data, width, height } = await decodeHeic(bytes);
    return await attempt(() => work(sharp(data, { raw: { width, height, channels: 3 } })));
  }
  try {
    return await work(open(bytes, "warning"));
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    if (TIMEOUT.test(message)) throw late();
    const mended = MENDABLE.test(message) ? mendedJpeg(bytes) : null;
    if (mended) return await attempt(() => work(open(mended, HARMLESS.test(message) ? "error" : "warning")));
    if (!HARMLESS.test(message)) throw damaged();
  }
  return await attempt(() => work(open(bytes, "error")));
}

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Error && TIMEOUT.test(error.message) ? late() : damaged();
  }
}

function open(bytes: Buffer, failOn: SharpOptions["failOn"]): Sharp {
  const image = sharp(bytes, { failOn, limitInputPixels: MAX_PHOTO_PIXELS, sequentialRead: true });
  return image.timeout({ seconds: DECODE_TIMEOUT_SECONDS });
}

const damaged = () => new Invalid("photo-damaged", {}, 422);
const late = () => new Busy(LANE_LIMITS.retryAfterS);
