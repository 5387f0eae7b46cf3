import sharp, { type Sharp } from "sharp";
import type { PhotoMeasures, Taken } from "../domain/photo.ts";
import { decode, headerOf } from "./decoder.ts";
import { COPY_SIDE, MEASURED_SIDE, THUMB_SIDE } from "./limits.ts";
import { greyOf, lightOf, sharpnessOf } from "./measures.ts";
import { perceptualHash } from "./perceptual-hash.ts";
import { isScreen, type Pixels } from "./screen.ts";
import { isScreenshot } from "./screenshot.ts";
import { cameraDataOf } from "./taken.ts";

export interface Examined {
  /** the picture's own size, upright */
  original: { width: number; height: number };
  /** Two upright sRGB JPEGs without metadata; width and height are those of the copy. */
  copy: Buffer;
  thumb: Buffer;
  width: number;
  height: number;
  measures: PhotoMeasures;
  /** 64 bits, 16 hexadecimal digits; compare with `hammingDistance` */
  imageHash: string;
  taken: Taken | null;
}

/** Makes and measures everything from one decode of a picture. Throws `photo-damaged`. */
export async function examine(bytes: Buffer): Promise<Examined> {
  const { format, autoOrient, exif } = await headerOf(bytes);
  const camera = cameraDataOf(exif);
  const copyPixels = await decode(bytes, (image) =>
    rawOf(image.autoOrient().resize(inside(COPY_SIDE)).flatten({ background: "white" }).toColourspace("srgb")),
  );
  const copying = opened(copyPixels)
    .jpeg({ quality: 80, ...QUICK })
    .toBuffer();
  const small = await rawOf(opened(copyPixels).resize(inside(MEASURED_SIDE)));
  const thumbing = opened(small)
    .resize(inside(THUMB_SIDE))
    .jpeg({ quality: 78, ...QUICK })
    .toBuffer();
  const original = { width: autoOrient.width, height: autoOrient.height };
  const { width, height } = small;
  const grey = { data: greyOf(small.data, small.channels), width, height };
  const source = { format: format ?? "", ...original, camera };
  const measures = {
    sharpness: sharpnessOf(grey),
    ...lightOf(grey),
    isScreenshot: isScreenshot(source, grey),
    isScreen: isScreen(copyPixels),
  };
  const imageHash = perceptualHash(grey);
  const [copy, thumb] = await Promise.all([copying, thumbing]);
  const size = { original, width: copyPixels.width, height: copyPixels.height };
  return { copy, thumb, ...size, measures, imageHash, taken: camera.taken };
}

/**
 * mozjpeg would save a quarter of the bytes and cost more than everything else; optimised Huffman tables save
 * a twentieth for half the encoding time.
 */
const QUICK = { mozjpeg: false, optimiseCoding: false } as const;

const inside = (side: number) => ({ width: side, height: side, fit: "inside" as const, withoutEnlargement: true });

async function rawOf(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

const opened = ({ data, width, height, channels }: Pixels) =>
  sharp(data, { raw: { width, height, channels: channels as 1 | 3 } });
