import { Invalid } from "../errors.ts";
import { headerOf } from "./decoder.ts";
import { formatOf, type ImageMime, isWhole } from "./image-format.ts";
import { MAX_PHOTO_BYTES, MAX_PHOTO_PIXELS } from "./limits.ts";

/** Width and height in pixels as the picture is seen, after its orientation. */
export interface Inspected {
  mime: ImageMime;
  width: number;
  height: number;
}

/** What the bytes are, by content only and without decoding them; throws Invalid 413, 415 or 422. */
export async function inspect(bytes: Buffer): Promise<Inspected> {
  if (bytes.length > MAX_PHOTO_BYTES) {
    throw new Invalid("photo-too-large", { limitMb: MAX_PHOTO_BYTES / 1024 / 1024 }, 413);
  }
  const mime = formatOf(bytes);
  if (!mime) throw new Invalid("not-an-image", {}, 415);
  const { autoOrient, width, height } = await headerOf(bytes);
  if (width * height > MAX_PHOTO_PIXELS) {
    throw new Invalid("photo-too-many-pixels", { limitMp: MAX_PHOTO_PIXELS / 1_000_000 }, 413);
  }
  if (!isWhole(bytes, mime)) throw new Invalid("photo-damaged", {}, 422);
  return { mime, width: autoOrient.width, height: autoOrient.height };
}
