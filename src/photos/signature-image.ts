import sharp from "sharp";
import { Invalid } from "../errors.ts";
import { decode } from "./decoder.ts";
import { SIGNATURE_BOX } from "./limits.ts";

const field = "signature";
/** Pads of all screens are scaled to this before they are judged, so that the limits below mean the same. */
const JUDGED_SIDE = 1000;
/** A tap leaves a dot, a slip of the finger a dash; a name is longer. */
const LEAST_STROKE = 0.06;
const LEAST_INK = 0.0004;
/** More ink than this is a filled picture, not handwriting. */
const MOST_INK = 0.5;
const DARK = 176;

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * Returns the drawn name as a small grey PNG on white, cropped to its strokes; throws Invalid with `field:
 * "signature"`.
 */
export async function signatureImage(png: Buffer): Promise<Buffer> {
  const { data, info } = await greyOf(png);
  const { ink, box } = inkOf(data, info.width);
  const area = info.width * info.height;
  const stroke = Math.max(box.width, box.height);
  if (ink < area * LEAST_INK || stroke < JUDGED_SIDE * LEAST_STROKE || ink > area * MOST_INK) {
    throw new Invalid("signature-empty", { field });
  }
  return sharp(data, { raw: { width: info.width, height: info.height, channels: 1 } })
    .extract(box)
    .extend({ top: 6, bottom: 6, left: 6, right: 6, background: "white" })
    .resize({ ...SIGNATURE_BOX, fit: "inside", withoutEnlargement: true })
    .toColourspace("b-w")
    .png({ compressionLevel: 9 })
    .toBuffer();
}

async function greyOf(png: Buffer) {
  try {
    return await decode(png, (image) =>
      image
        .resize({ width: JUDGED_SIDE, height: JUDGED_SIDE, fit: "inside" })
        .flatten({ background: "white" })
        .greyscale()
        .raw()
        .toBuffer({ resolveWithObject: true }),
    );
  } catch {
    throw new Invalid("signature-not-a-png", { field });
  }
}

/** Counts dark pixels and returns the box around them (empty without any). */
function inkOf(grey: Buffer, width: number): { ink: number; box: Box } {
  let [ink, left, right, top, bottom] = [0, width, -1, -1, -1];
  for (let at = 0; at < grey.length; at++) {
    if (grey[at]! > DARK) continue;
    const x = at % width;
    bottom = Math.floor(at / width);
    if (top < 0) top = bottom;
    if (x < left) left = x;
    if (x > right) right = x;
    ink++;
  }
  if (ink === 0) return { ink, box: { left: 0, top: 0, width: 0, height: 0 } };
  return { ink, box: { left, top, width: right - left + 1, height: bottom - top + 1 } };
}
