// Reduces a very large picture on the phone: a dozen megabytes at the roadside take minutes. Plates stay
// readable; EXIF (time, place, orientation) is kept.
import { canDraw, draw } from "./draw.ts";
import { type Jpeg, readJpeg, withExif } from "./jpeg.ts";

const LARGE_BYTES = 3 * 1024 * 1024;
const LARGE_PIXELS = 16000000;
/** The limit on a slow network. */
const LARGE_WHEN_SLOW_BYTES = 1024 * 1024;

/** Size of a picture before it was made smaller. */
export interface Original {
  width: number;
  height: number;
  bytes: number;
}

export interface Shrunk {
  bytes: ArrayBuffer;
  /** null when the picture was not reduced */
  from: Original | null;
}

/**
 * Reduces the picture if that helps; returns it unchanged if anything fails. `type` is the phone's media
 * type.
 */
export async function shrunk(bytes: ArrayBuffer, type: string): Promise<Shrunk> {
  try {
    const smaller = await tryToShrink(new Uint8Array(bytes), type);
    if (smaller) return smaller;
  } catch {
    // Not a picture that this browser can draw, or no memory: the server judges it.
  }
  return { bytes, from: null };
}

async function tryToShrink(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<Shrunk | null> {
  const jpeg = readJpeg(bytes);
  if (!isLarge(bytes.length, jpeg) || !canDraw()) return null;
  const drawn = await draw(jpeg ? jpeg.bare : new Blob([bytes], { type }));
  if (drawn.bytes.length > bytes.length * 0.8) return null;
  const { width, height } = jpeg || drawn;
  const out = jpeg?.exif ? withExif(drawn.bytes, jpeg.exif) : drawn.bytes;
  return { bytes: out.buffer, from: { width, height, bytes: bytes.length } };
}

function isLarge(size: number, jpeg: Jpeg | null): boolean {
  if (size > LARGE_BYTES || (jpeg && jpeg.width * jpeg.height > LARGE_PIXELS)) return true;
  return size > LARGE_WHEN_SLOW_BYTES && isSlow();
}

/** Network Information API, which iPhones do not have. */
interface NetworkInformation {
  saveData?: boolean;
  effectiveType?: string;
  type?: string;
  /** megabits a second */
  downlink?: number;
}

function isSlow(): boolean {
  const { connection: net } = navigator as { connection?: NetworkInformation };
  if (!net) return false;
  if (net.saveData === true || /2g|3g/.test(`${net.effectiveType} ${net.type}`)) return true;
  return net.downlink !== undefined && net.downlink < 1;
}
