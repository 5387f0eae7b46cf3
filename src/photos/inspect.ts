import { Invalid } from "../errors.ts";
import { isHeif } from "./header/heif.ts";
import { formatOf, type ImageMime, isWhole, memoryFor, sizeOf } from "./header/image-format.ts";
import type { Size } from "./header/size.ts";
import { MAX_DECODER_BYTES, MAX_PHOTO_BYTES, MAX_PHOTO_PIXELS, MAX_PHOTO_SIDE } from "./limits.ts";

/** Width and height in pixels as stored, before EXIF orientation. */
export interface Inspected extends Size {
  mime: ImageMime;
}

/** Detects what the bytes are by header and structure, without a decoder; throws Invalid 413, 415 or 422. */
export function inspect(bytes: Buffer): Inspected {
  if (bytes.length > MAX_PHOTO_BYTES) {
    throw new Invalid("photo-too-large", { limitMb: MAX_PHOTO_BYTES / 1024 / 1024 }, 413);
  }
  const mime = formatOf(bytes);
  if (!mime) throw new Invalid(isHeif(bytes) ? "photo-heic" : "not-an-image", {}, 415);
  const size = sizeOf(bytes, mime);
  if (!size) throw damaged();
  const isHuge = size.width * size.height > MAX_PHOTO_PIXELS || Math.max(size.width, size.height) > MAX_PHOTO_SIDE;
  if (isHuge || memoryFor(bytes, mime, size) > MAX_DECODER_BYTES) {
    throw new Invalid("photo-too-many-pixels", { limitMp: MAX_PHOTO_PIXELS / 1_000_000 }, 413);
  }
  if (!isWhole(bytes, mime)) throw damaged();
  return { mime, ...size };
}

const damaged = () => new Invalid("photo-damaged", {}, 422);
