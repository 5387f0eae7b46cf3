import type { Size } from "./size.ts";

const START = 0xd8;
const END = 0xd9;
const SCAN = 0xda;
/** Baseline, extended and progressive, all with Huffman codes: the formats of cameras. */
const FRAMES = [0xc0, 0xc1, 0xc2];
const PROGRESSIVE = 0xc2;
/**
 * Markers 0xc0 to 0xcf are frames, except for these: Huffman tables, a reserved one, arithmetic conditioning.
 */
const NO_FRAMES = [0xc4, 0xc8, 0xcc];
const COMPONENTS = [1, 3, 4];

interface Frame extends Size {
  isProgressive: boolean;
  /** samples of all components per pixel: 1.5 for chroma of half width and height, 4 for full CMYK */
  samples: number;
}

interface Head extends Frame {
  /** position after the first scan's marker */
  scanAt: number;
}

export function jpegSize(bytes: Buffer): Size | null {
  const head = headOf(bytes);
  return head && { width: head.width, height: head.height };
}

/** Where the data of the first scan begin; null: an unusual header. */
export const jpegScanAt = (bytes: Buffer): number | null => headOf(bytes)?.scanAt ?? null;

/**
 * True when the first scan has begun: some writers omit the end marker, and only a decoder finds what else is
 * missing.
 */
export function jpegIsWhole(bytes: Buffer): boolean {
  const head = headOf(bytes);
  return head !== null && bytes.length > head.scanAt;
}

/** For a progressive file libjpeg holds every coefficient, two bytes each, until the last scan. */
export function jpegMemory(bytes: Buffer, pixels: number): number {
  const head = headOf(bytes);
  return head?.isProgressive ? pixels * head.samples * 2 : 0;
}

/**
 * Walks the segments as libjpeg does, up to the first scan, so that a thumbnail's frame inside EXIF is not
 * taken for the picture's. Null: no frame, a second one, or one that no camera writes.
 */
function headOf(bytes: Buffer): Head | null {
  let size: Frame | null = null;
  let at = 2;
  for (;;) {
    at = markerAfter(bytes, at);
    const marker = bytes[at - 1];
    if (at + 2 > bytes.length || marker === START || marker === END) return null;
    if (isAlone(marker)) continue;
    if (marker === SCAN) return size && { ...size, scanAt: at };
    const length = bytes.readUInt16BE(at);
    if (length < 2) return null;
    if (isFrame(marker)) {
      if (size) return null;
      size = FRAMES.includes(marker!) ? frameOf(bytes.subarray(at, at + length), marker!) : null;
      if (!size) return null;
    }
    at += length;
  }
}

/**
 * Returns the position after the next marker's two bytes. Some writers leave stray bytes between segments,
 * and any number of 0xff may pad.
 */
function markerAfter(bytes: Buffer, from: number): number {
  const start = bytes.indexOf(0xff, from);
  if (start < 0) return bytes.length;
  let at = start;
  while (bytes[at] === 0xff) at++;
  return at + 1;
}

/** True for markers without a length: an escaped 0xff, TEM, a restart. */
const isAlone = (marker: number | undefined): boolean =>
  marker === 0 || marker === 1 || (marker! >= 0xd0 && marker! <= 0xd7);

const isFrame = (marker: number | undefined): boolean =>
  marker! >= 0xc0 && marker! <= 0xcf && !NO_FRAMES.includes(marker!);

function frameOf(segment: Buffer, marker: number): Frame | null {
  const { length } = segment;
  if (length < 8 || length !== segment.readUInt16BE(0)) return null;
  const [depth, components] = [segment[2], segment[7]!];
  if (depth !== 8 || !COMPONENTS.includes(components) || length !== 8 + 3 * components) return null;
  for (let at = 9; at < length; at += 3) if (!isSampling(segment[at]!)) return null;
  const [height, width] = [segment.readUInt16BE(3), segment.readUInt16BE(5)];
  // a height of 0 would be defined after the scan; no camera writes that
  if (width === 0 || height === 0) return null;
  return { width, height, samples: samplesOf(segment), isProgressive: marker === PROGRESSIVE };
}

/** Sums each component's share of the largest. */
function samplesOf(segment: Buffer): number {
  const areas: number[] = [];
  for (let at = 9; at < segment.length; at += 3) areas.push((segment[at]! >> 4) * (segment[at]! & 15));
  return areas.reduce((sum, area) => sum + area, 0) / Math.max(...areas);
}

/** True for two sampling factors of 1 to 4 in one byte. */
function isSampling(factors: number): boolean {
  const [across, down] = [factors >> 4, factors & 15];
  return across >= 1 && across <= 4 && down >= 1 && down <= 4;
}
