import type { Size } from "./size.ts";

/**
 * Offset of the first chunk, after RIFF, its length and WEBP; eight bytes of name and length precede its
 * content.
 */
const FIRST = 12;
const CHUNK_HEAD = 8;
const ANIMATION = 0x02;
const LOSSY_START = Buffer.from([0x9d, 0x01, 0x2a]);
const LOSSLESS_START = 0x2f;

const nameAt = (bytes: Buffer, at: number) => bytes.toString("latin1", at, at + 4);

/** True for an animated WebP, by its extended header. */
export const isAnimation = (bytes: Buffer): boolean =>
  nameAt(bytes, FIRST) === "VP8X" && ((bytes[FIRST + CHUNK_HEAD] ?? 0) & ANIMATION) !== 0;

export const webpIsWhole = (bytes: Buffer): boolean =>
  bytes.length >= FIRST && bytes.readUInt32LE(4) + 8 <= bytes.length;

/** Returns the size; null for an odd header, or a canvas of another size than the picture in it. */
export function webpSize(bytes: Buffer): Size | null {
  if (nameAt(bytes, FIRST) !== "VP8X") return pictureSize(bytes, FIRST);
  if (bytes.length < FIRST + CHUNK_HEAD + 10 || bytes.readUInt32LE(FIRST + 4) !== 10) return null;
  const canvas = { width: bytes.readUIntLE(FIRST + 12, 3) + 1, height: bytes.readUIntLE(FIRST + 15, 3) + 1 };
  const picture = pictureSize(bytes, pictureAfter(bytes, FIRST + CHUNK_HEAD + 10));
  return picture?.width === canvas.width && picture.height === canvas.height ? canvas : null;
}

/** Returns the position of the picture's chunk, after those of colours and transparency. */
function pictureAfter(bytes: Buffer, from: number): number {
  let at = from;
  while (at + CHUNK_HEAD <= bytes.length && !nameAt(bytes, at).startsWith("VP8")) {
    const length = bytes.readUInt32LE(at + 4);
    at += CHUNK_HEAD + length + (length % 2);
  }
  return at;
}

function pictureSize(bytes: Buffer, at: number): Size | null {
  const content = bytes.subarray(at + CHUNK_HEAD, at + CHUNK_HEAD + 10);
  if (content.length < 10) return null;
  if (nameAt(bytes, at) === "VP8 ") return lossySize(content);
  return nameAt(bytes, at) === "VP8L" ? losslessSize(content) : null;
}

/**
 * Reads the size of a lossy picture (VP8): a key frame. The two upper bits of each side are a scale for
 * display.
 */
function lossySize(content: Buffer): Size | null {
  const isKeyFrame = (content[0]! & 1) === 0 && content.subarray(3, 6).equals(LOSSY_START);
  const [width, height] = [content.readUInt16LE(6) & 0x3fff, content.readUInt16LE(8) & 0x3fff];
  return isKeyFrame && width > 0 && height > 0 ? { width, height } : null;
}

/**
 * Reads the size of a lossless picture (VP8L): fourteen bits per side, minus one, one bit of transparency,
 * three of a version that is 0.
 */
function losslessSize(content: Buffer): Size | null {
  const bits = content.readUInt32LE(1);
  if (content[0] !== LOSSLESS_START || bits >>> 29 !== 0) return null;
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}
