export type ImageMime = "image/jpeg" | "image/png" | "image/webp";

const PNG_START = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG_START = Buffer.from([0xff, 0xd8, 0xff]);
const JPEG_SCAN = Buffer.from([0xff, 0xda]);
const JPEG_END = Buffer.from([0xff, 0xd9]);

/** The format by its first bytes; null for anything that we do not take. */
export function formatOf(bytes: Buffer): ImageMime | null {
  if (bytes.subarray(0, 3).equals(JPEG_START)) return "image/jpeg";
  if (bytes.subarray(0, 8).equals(PNG_START)) return "image/png";
  const isWebp = bytes.toString("latin1", 0, 4) === "RIFF" && bytes.toString("latin1", 8, 12) === "WEBP";
  return isWebp ? "image/webp" : null;
}

/** False when the file visibly stops before its end. Reads structure only: an upload can be refused at once, without a decode. */
export function isWhole(bytes: Buffer, mime: ImageMime): boolean {
  return CHECKS[mime](bytes);
}

const CHECKS: Record<ImageMime, (bytes: Buffer) => boolean> = {
  "image/jpeg": jpegIsWhole,
  "image/png": pngIsWhole,
  "image/webp": (bytes) => bytes.length >= 12 && bytes.readUInt32LE(4) + 8 <= bytes.length,
};

function jpegIsWhole(bytes: Buffer): boolean {
  // segments first: the thumbnail inside EXIF has an end mark of its own
  let at = bytes.indexOf(0xff, 2);
  while (at >= 0 && at + 4 <= bytes.length) {
    if (bytes.subarray(at, at + 2).equals(JPEG_SCAN)) return bytes.lastIndexOf(JPEG_END) > at;
    const filler = bytes[at + 1] === 0xff;
    // some writers leave a stray byte between two segments, every reader skips it
    at = bytes.indexOf(0xff, at + (filler ? 1 : 2 + bytes.readUInt16BE(at + 2)));
  }
  return false;
}

function pngIsWhole(bytes: Buffer): boolean {
  let at = 8;
  while (at + 12 <= bytes.length) {
    if (bytes.toString("latin1", at + 4, at + 8) === "IEND") return true;
    at += 12 + bytes.readUInt32BE(at);
  }
  return false;
}
