import { randomBytes } from "node:crypto";
import sharp from "sharp";

const BLOCK = 64;

/**
 * A picture as a phone takes it, as to its bytes: light and dark areas with edges, and the grain of a small
 * sensor over all.
 */
export async function largePhoto({ width, height, grain = 24 }: { width: number; height: number; grain?: number }) {
  const across = Math.ceil(width / BLOCK);
  const areas = randomBytes(across * Math.ceil(height / BLOCK));
  const pixels = randomBytes(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    const row = Math.floor(y / BLOCK) * across;
    for (let x = 0; x < width; x++, at++) {
      const area = areas[row + Math.floor(x / BLOCK)]!;
      pixels[at] = 50 + Math.round(area * 0.6) + Math.round((pixels[at]! / 255) * grain);
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 1 } })
    .toColourspace("srgb")
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** Another file of the same picture: a comment makes it one that nobody has sent before. */
export const another = (jpeg: Buffer): Buffer => withComment(jpeg, 16);

const MOST_IN_A_SEGMENT = 65_533;

/** A file of at least so many bytes that is decoded as fast as before. */
export function padded(jpeg: Buffer, bytes: number): Buffer {
  return jpeg.length >= bytes ? jpeg : padded(withComment(jpeg, MOST_IN_A_SEGMENT), bytes);
}

function withComment(jpeg: Buffer, bytes: number): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(0xfffe);
  head.writeUInt16BE(bytes + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, randomBytes(bytes), jpeg.subarray(2)]);
}
