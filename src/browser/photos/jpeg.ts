export interface Jpeg {
  width: number;
  height: number;
  /** the whole EXIF segment */
  exif: Uint8Array<ArrayBuffer> | null;
  /** the same picture without EXIF */
  bare: Blob;
}

/** Frame headers (SOF) are C0 to CF, except for the tables C4, C8 and CC. */
const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/**
 * Reads size and EXIF of a JPEG; null for anything else. Some browsers rotate by EXIF when they draw, some do
 * not: all draw a picture without EXIF as the sensor saw it, so that EXIF put back afterwards is right.
 */
export function readJpeg(bytes: Uint8Array<ArrayBuffer>): Jpeg | null {
  const byte = (at: number) => bytes[at] || 0;
  const word = (at: number) => byte(at) * 256 + byte(at + 1);
  if (word(0) !== 0xffd8) return null;
  let exif: { at: number; end: number } | null = null;
  let at = 2;
  while (at + 9 < bytes.length && byte(at) === 0xff) {
    const marker = byte(at + 1);
    const end = at + 2 + word(at + 2);
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0xe1 && !exif && isExif(bytes, at + 4)) exif = { at, end };
    if (isFrame(marker)) {
      const parts = exif ? [bytes.subarray(0, exif.at), bytes.subarray(exif.end)] : [bytes];
      return {
        width: word(at + 7),
        height: word(at + 5),
        exif: exif && bytes.subarray(exif.at, exif.end),
        bare: new Blob(parts, { type: "image/jpeg" }),
      };
    }
    at = end;
  }
  return null;
}

const isExif = (bytes: Uint8Array, at: number) => String.fromCharCode(...bytes.subarray(at, at + 6)) === "Exif\0\0";

/** Inserts an EXIF segment after the first two bytes. */
export function withExif(jpeg: Uint8Array, exif: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(jpeg.length + exif.length);
  out.set(jpeg.subarray(0, 2));
  out.set(exif, 2);
  out.set(jpeg.subarray(2), 2 + exif.length);
  return out;
}
