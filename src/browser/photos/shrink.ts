// Makes a very large picture smaller on the phone: a dozen megabytes at the roadside are minutes of waiting. Plates stay readable, and the camera's
// own time, place and orientation (EXIF) stay with it.
import { canDraw, draw } from "./draw.ts";
import { type Jpeg, readJpeg, withExif } from "./jpeg.ts";

const LARGE_BYTES = 3 * 1024 * 1024;
const LARGE_PIXELS = 16000000;
/** … and on a slow network. */
const LARGE_WHEN_SLOW_BYTES = 1024 * 1024;

/** Size of a picture before it was made smaller. */
export interface Original {
  width: number;
  height: number;
  bytes: number;
}

export interface Shrunk {
  bytes: ArrayBuffer;
  /** null where the picture stayed as it was */
  from: Original | null;
}

/** The picture, made smaller where that helps; as it is wherever something fails. `type` is what the phone says it is. */
export async function shrunk(bytes: ArrayBuffer, type: string): Promise<Shrunk> {
  try {
    const smaller = await tryToShrink(new Uint8Array(bytes), type);
    if (smaller) return smaller;
  } catch {
    // Not a picture that this browser can draw, or no memory for it: the server judges it.
  }
  return { bytes, from: null };
}

async function tryToShrink(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<Shrunk | null> {
  const jpeg = readJpeg(bytes);
  // Only the phone that made it can open its own format; the server takes three.
  const isForeign = !jpeg && /hei[cf]/.test(type);
  if (!isForeign && !isLarge(bytes.length, jpeg)) return null;
  if (!canDraw()) return null;
  const drawn = await draw(jpeg ? jpeg.bare : new Blob([bytes], { type }));
  if (!isForeign && drawn.bytes.length > bytes.length * 0.8) return null;
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
