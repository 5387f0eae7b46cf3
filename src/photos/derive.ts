import sharp from "sharp";
import { decode } from "./decoder.ts";
import { COPY_SIDE, THUMB_SIDE } from "./limits.ts";

/** Two JPEGs, upright, in sRGB, without any metadata; width and height are those of the copy. */
export interface Derived {
  copy: Buffer;
  thumb: Buffer;
  width: number;
  height: number;
}

/** The copy that is shown and the thumbnail, from one decode: the thumbnail is made from the copy. Throws `photo-damaged`. */
export async function derive(bytes: Buffer): Promise<Derived> {
  const { data: copy, info } = await decode(bytes, (image) =>
    image
      .autoOrient()
      .resize({ width: COPY_SIDE, height: COPY_SIDE, fit: "inside", withoutEnlargement: true })
      .flatten({ background: "white" })
      // mozjpeg would save a quarter of the bytes and cost more than the whole of the rest
      .jpeg({ quality: 80, mozjpeg: false })
      .toBuffer({ resolveWithObject: true }),
  );
  const thumb = await sharp(copy)
    .resize({ width: THUMB_SIDE, height: THUMB_SIDE, fit: "inside", withoutEnlargement: true })
    .jpeg({ quality: 78 })
    .toBuffer();
  return { copy, thumb, width: info.width, height: info.height };
}
