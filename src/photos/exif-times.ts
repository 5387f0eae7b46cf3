/** Tags of EXIF (JEITA CP-3451) and the sizes of a directory of TIFF. */
const EXIF_DIRECTORY = 0x8769;
const TAKEN = [0x9003, 0x9004];
const ASCII = 2;
const ENTRY_BYTES = 12;
const START = Buffer.from("Exif\0\0");
/** no time is longer, with a fraction and a zone */
const MOST_LETTERS = 40;

/**
 * Returns the raw texts of DateTimeOriginal and DateTimeDigitized, in this order; exif-reader drops those
 * that are padded or use other separators.
 */
export function timesIn(exif: Buffer): string[] {
  const tiff = exif.subarray(exif.subarray(0, START.length).equals(START) ? START.length : 0);
  try {
    const reading = readerOf(tiff);
    const pointer = entriesAt(reading, reading.long(4)).find(({ tag }) => tag === EXIF_DIRECTORY);
    const entries = pointer ? entriesAt(reading, reading.long(pointer.at + 8)) : [];
    return TAKEN.flatMap((tag) => entries.filter((entry) => entry.tag === tag).map(({ at }) => textAt(reading, at)));
  } catch (error) {
    // a position behind the end
    if (error instanceof RangeError) return [];
    throw error;
  }
}

interface Reading {
  tiff: Buffer;
  short: (at: number) => number;
  long: (at: number) => number;
}

function readerOf(tiff: Buffer): Reading {
  const isLittle = tiff.toString("latin1", 0, 2) === "II";
  return {
    tiff,
    short: (at) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at)),
    long: (at) => (isLittle ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at)),
  };
}

function entriesAt({ short }: Reading, directory: number): { tag: number; at: number }[] {
  return Array.from({ length: short(directory) }, (_, index) => {
    const at = directory + 2 + index * ENTRY_BYTES;
    return { tag: short(at), at };
  });
}

/** Reads an entry's text; up to four letters would stand in the entry itself, and no time is as short. */
function textAt({ tiff, short, long }: Reading, entry: number): string {
  if (short(entry + 2) !== ASCII) return "";
  const from = long(entry + 8);
  return tiff.toString("latin1", from, from + Math.min(MOST_LETTERS, long(entry + 4)));
}
