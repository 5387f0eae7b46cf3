import { jpegScanAt } from "./jpeg.ts";

const END = Buffer.from([0xff, 0xd9]);
const JFIF = Buffer.from("JFIF\0");
const ADOBE = Buffer.from("Adobe");
const APP0 = 0xe0;
const APP14 = 0xee;
const YCBCR = 1;

/**
 * Returns the picture without three faults of which libjpeg warns although it decodes it correctly: a JFIF
 * version of 2, an undefined Adobe colour transform, a missing end marker. A further warning then means
 * missing data. Null: it has none of them.
 */
export function mendedJpeg(bytes: Buffer): Buffer | null {
  const scanAt = jpegScanAt(bytes);
  if (scanAt === null) return null;
  const isOpen = bytes.lastIndexOf(END) < scanAt;
  const mended = isOpen ? Buffer.concat([bytes, END]) : Buffer.from(bytes);
  const isChanged = mendSegments(mended, scanAt);
  return isOpen || isChanged ? mended : null;
}

/** Changes the bytes in place; true: something was changed. */
function mendSegments(bytes: Buffer, scanAt: number): boolean {
  let isChanged = false;
  for (let at = bytes.indexOf(0xff, 2); at >= 0 && at < scanAt; at = bytes.indexOf(0xff, at + 1)) {
    const content = at + 4;
    if (bytes[at + 1] === APP0 && bytes.subarray(content, content + 5).equals(JFIF) && bytes[content + 5] !== 1) {
      bytes[content + 5] = 1;
      isChanged = true;
    }
    if (bytes[at + 1] === APP14 && bytes.subarray(content, content + 5).equals(ADOBE) && bytes[content + 11]! >= 2) {
      bytes[content + 11] = YCBCR;
      isChanged = true;
    }
  }
  return isChanged;
}
