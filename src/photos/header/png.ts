import { crc32 } from "node:zlib";
import type { Size } from "./size.ts";

/** The header chunk: its length, its name, thirteen bytes and a checksum. */
const HEADER = {
  length: 8,
  name: 12,
  width: 16,
  height: 20,
  depth: 24,
  colour: 25,
  ways: 26,
  interlace: 28,
  sum: 29,
  end: 33,
};
/** Bit depths allowed for each colour type: grey, true colour, palette, grey and colour with transparency. */
const DEPTHS: Record<number, number[]> = { 0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16] };

/** Channels per colour type; a palette is expanded to colours with transparency. */
const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 4, 4: 2, 6: 4 };

/** Returns the size; null when the first chunk is not the header that the standard requires. */
export function pngSize(bytes: Buffer): Size | null {
  if (bytes.length < HEADER.end) return null;
  const isHeader =
    bytes.readUInt32BE(HEADER.length) === 13 && bytes.toString("latin1", HEADER.name, HEADER.width) === "IHDR";
  if (!isHeader || crc32(bytes.subarray(HEADER.name, HEADER.sum)) !== bytes.readUInt32BE(HEADER.sum)) return null;
  if (!DEPTHS[bytes[HEADER.colour]!]?.includes(bytes[HEADER.depth]!)) return null;
  if (bytes.readUInt16BE(HEADER.ways) !== 0 || bytes[HEADER.interlace]! > 1) return null;
  const [width, height] = [bytes.readUInt32BE(HEADER.width), bytes.readUInt32BE(HEADER.height)];
  return width > 0 && height > 0 ? { width, height } : null;
}

/** An interlaced file is held whole, in its own depth; no camera writes it. */
export function pngMemory(bytes: Buffer, pixels: number): number {
  if (bytes[HEADER.interlace] !== 1) return 0;
  const channels = CHANNELS[bytes[HEADER.colour]!] ?? 4;
  return pixels * channels * (bytes[HEADER.depth] === 16 ? 2 : 1);
}

export function pngIsWhole(bytes: Buffer): boolean {
  let at = HEADER.length;
  while (at + 12 <= bytes.length) {
    if (bytes.toString("latin1", at + 4, at + 8) === "IEND") return true;
    at += 12 + bytes.readUInt32BE(at);
  }
  return false;
}
