import { PIECE, transform, WINDOW } from "./spectrum.ts";

/** Interleaved pixels. */
export interface Pixels {
  data: Uint8Array;
  width: number;
  height: number;
  channels: number;
}

const COLUMNS = 4;
const ROWS = 3;
/** Slower waves are the picture itself. */
const SLOWEST = 10;
/** Along the axes stand the lines of buildings and grilles, and the blocks of JPEG. */
const BESIDE_AXIS = 3;
/** How far a wave must stand above what surrounds it, in nats of power, on the average of all pieces. */
export const PEAK = 2.2;

/**
 * The strongest wave that runs through all parts of the picture, and the strongest across it, in hundredths of a nat above their surroundings.
 * A display's grid of points, and its interference with the camera's, is such a pair everywhere; what a street shows is not.
 */
export function gridOf(pixels: Pixels): { along: number; across: number } {
  if (pixels.width < PIECE * 2 || pixels.height < PIECE * 2) return { along: 0, across: 0 };
  const excess = excessOf(meanSpectrum(pixels));
  const first = strongest(excess, () => true);
  const across = strongest(excess, (angle) => Math.abs(Math.cos(angle - first.angle)) < 0.35);
  return { along: Math.round(first.height * 100), across: Math.round(across.height * 100) };
}

export function isScreen(pixels: Pixels): boolean {
  const { along, across } = gridOf(pixels);
  return along >= PEAK * 100 && across >= PEAK * 100;
}

/** Mean of the logarithms of power: what is strong in one piece only counts for little. */
function meanSpectrum(pixels: Pixels): Float32Array {
  const sum = new Float32Array(PIECE * PIECE);
  const [real, imaginary] = [new Float32Array(PIECE * PIECE), new Float32Array(PIECE * PIECE)];
  for (let at = 0; at < COLUMNS * ROWS; at += 2) {
    // two real pieces in one complex transform
    cut(pixels, at, real);
    cut(pixels, at + 1, imaginary);
    transform(real, imaginary);
    for (let v = 0; v < PIECE; v++) {
      for (let u = 0; u < PIECE; u++) {
        const a = v * PIECE + u;
        const b = ((PIECE - v) % PIECE) * PIECE + ((PIECE - u) % PIECE);
        const [re1, im1] = [real[a]! + real[b]!, imaginary[a]! - imaginary[b]!];
        const [re2, im2] = [imaginary[a]! + imaginary[b]!, real[b]! - real[a]!];
        sum[a] = sum[a]! + Math.log((re1 * re1 + im1 * im1 + 1) * (re2 * re2 + im2 * im2 + 1));
      }
    }
  }
  for (let at = 0; at < sum.length; at++) sum[at] = sum[at]! / (COLUMNS * ROWS);
  return sum;
}

function cut({ data, width, height, channels }: Pixels, piece: number, into: Float32Array): void {
  const left = Math.floor(((width - PIECE) * (piece % COLUMNS)) / (COLUMNS - 1));
  const top = Math.floor(((height - PIECE) * Math.floor(piece / COLUMNS)) / (ROWS - 1));
  // green: the sharpest channel of every camera
  const green = channels >= 3 ? 1 : 0;
  for (let y = 0; y < PIECE; y++) {
    let from = ((top + y) * width + left) * channels + green;
    for (let x = 0; x < PIECE; x++, from += channels) into[y * PIECE + x] = data[from]! * WINDOW[x]! * WINDOW[y]!;
  }
}

/** Each wave's height over the mean of a ring about it; 0 where nothing is to be looked for. */
function excessOf(spectrum: Float32Array): Float32Array {
  const excess = new Float32Array(PIECE * PIECE);
  const value = (u: number, v: number) => spectrum[((v + PIECE) % PIECE) * PIECE + ((u + PIECE) % PIECE)]!;
  for (let v = 0; v < PIECE / 2; v++) {
    for (let u = -PIECE / 2; u < PIECE / 2; u++) {
      if (Math.abs(u) < BESIDE_AXIS || v < BESIDE_AXIS || u * u + v * v < SLOWEST * SLOWEST) continue;
      let ring = 0;
      for (const [du, dv] of RING) ring += value(u + du, v + dv);
      excess[v * PIECE + ((u + PIECE) % PIECE)] = value(u, v) - ring / RING.length;
    }
  }
  return excess;
}

const RING: readonly (readonly [number, number])[] = [
  [-5, -5],
  [0, -6],
  [5, -5],
  [-6, 0],
  [6, 0],
  [-5, 5],
  [0, 6],
  [5, 5],
];

function strongest(excess: Float32Array, fits: (angle: number) => boolean): { height: number; angle: number } {
  let best = { height: 0, angle: 0 };
  for (let at = 0; at < excess.length; at++) {
    if (excess[at]! <= best.height) continue;
    const [u, v] = [(((at % PIECE) + PIECE / 2) % PIECE) - PIECE / 2, Math.floor(at / PIECE)];
    const angle = Math.atan2(v, u);
    if (fits(angle)) best = { height: excess[at]!, angle };
  }
  return best;
}
