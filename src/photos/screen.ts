import { PIECE, transform, WINDOW } from "./spectrum.ts";

/** Interleaved pixels. */
export interface Pixels {
  data: Uint8Array;
  width: number;
  height: number;
  channels: number;
}

/**
 * Least colour detail of a display's pixels seen by a camera, in hundredths. Photographs of cars, also
 * sharpened and re-encoded, have 50–550; photographs of displays 1,200–10,000 (simulated: coloured stripes
 * under a Bayer sensor).
 */
const LEAST_COLOUR_DETAIL = 800;
/**
 * Least height of a wave across the whole picture above its surroundings, in hundredths of a nat; noise has
 * 40–100.
 */
const LEAST_WAVE = 130;

const COLUMNS = 4;
const ROWS = 3;
/** Lower frequencies are the picture itself. */
const SLOWEST = 6;
/** Along the axes are the lines of buildings and grilles. */
const BESIDE_AXIS = 2;
/** JPEG's blocks of eight: 128 / 8. */
const BLOCK_WAVE = 16;
/** Power of an invisible wave. */
const FLOOR = 400;

/** True only when it is certain; a picture that went through a messenger has mostly lost the evidence. */
export function isScreen(pixels: Pixels): boolean {
  return colourDetailOf(pixels) >= LEAST_COLOUR_DETAIL && waveOf(pixels) >= LEAST_WAVE;
}

/** Mean second difference of red minus blue, over a sample of pixels. */
export function colourDetailOf({ data, width, height, channels }: Pixels): number {
  if (channels < 3) return 0;
  const row = width * channels;
  let [sum, count] = [0, 0];
  for (let y = 2; y < height - 2; y += 5) {
    for (let x = 2; x < width - 2; x += 2) {
      const at = y * row + x * channels;
      const here = 2 * (data[at]! - data[at + 2]!);
      const beside = data[at - channels]! - data[at - channels + 2]! + data[at + channels]! - data[at + channels + 2]!;
      const above = data[at - row]! - data[at - row + 2]! + data[at + row]! - data[at + row + 2]!;
      sum += Math.abs(here - beside) + Math.abs(here - above);
      count++;
    }
  }
  return count === 0 ? 0 : Math.round((sum * 100) / count);
}

/** Returns the strongest wave in both brightness and colour. */
export function waveOf(pixels: Pixels): number {
  if (pixels.channels < 3 || pixels.width < PIECE * 2 || pixels.height < PIECE * 2) return 0;
  const [light, colour] = spectraOf(pixels);
  let strongest = 0;
  for (let v = BESIDE_AXIS; v < PIECE / 2; v++) {
    for (let u = 1 - PIECE / 2; u < PIECE / 2; u++) {
      if (Math.abs(u) < BESIDE_AXIS || u * u + v * v < SLOWEST * SLOWEST || isOfBlocks(u, v)) continue;
      const inLight = heightOf(light, u, v);
      if (inLight > strongest) strongest = Math.max(strongest, Math.min(inLight, heightOf(colour, u, v)));
    }
  }
  return Math.round(strongest * 100);
}

const isOfBlocks = (u: number, v: number) => isNearBlockWave(u) && isNearBlockWave(v);
const isNearBlockWave = (wave: number) => (wave + PIECE + 1) % BLOCK_WAVE <= 2;

/** Means of the logarithms of power over twelve pieces, so that a peak in a single one counts little. */
function spectraOf(pixels: Pixels): [light: Float32Array, colour: Float32Array] {
  const [light, colour] = [new Float32Array(PIECE * PIECE), new Float32Array(PIECE * PIECE)];
  const [real, imaginary] = [new Float32Array(PIECE * PIECE), new Float32Array(PIECE * PIECE)];
  for (let piece = 0; piece < COLUMNS * ROWS; piece++) {
    // two real functions in one complex transform: brightness and colour
    cut(pixels, piece, { light: real, colour: imaginary });
    transform(real, imaginary);
    for (let at = 0; at < light.length; at++) {
      const mirrored = ((PIECE - Math.floor(at / PIECE)) % PIECE) * PIECE + ((PIECE - (at % PIECE)) % PIECE);
      const [re, im, re2, im2] = [real[at]!, imaginary[at]!, real[mirrored]!, imaginary[mirrored]!];
      light[at] = light[at]! + logPower(re + re2, im - im2);
      colour[at] = colour[at]! + logPower(im + im2, re2 - re);
    }
  }
  return [light, colour];
}

const logPower = (re: number, im: number) => Math.log(re * re + im * im + FLOOR) / (COLUMNS * ROWS);

function cut(
  { data, width, height, channels }: Pixels,
  piece: number,
  { light, colour }: { light: Float32Array; colour: Float32Array },
): void {
  const left = Math.floor(((width - PIECE) * (piece % COLUMNS)) / (COLUMNS - 1));
  const top = Math.floor(((height - PIECE) * Math.floor(piece / COLUMNS)) / (ROWS - 1));
  for (let y = 0; y < PIECE; y++) {
    let from = ((top + y) * width + left) * channels;
    for (let x = 0; x < PIECE; x++, from += channels) {
      const share = WINDOW[x]! * WINDOW[y]!;
      light[y * PIECE + x] = (data[from + 1]! - 128) * share;
      colour[y * PIECE + x] = (data[from]! - data[from + 2]!) * share;
    }
  }
}

const RING = Array.from({ length: 16 }, (_, at) => [
  Math.round(6 * Math.cos((at * Math.PI) / 8)),
  Math.round(6 * Math.sin((at * Math.PI) / 8)),
]) as [number, number][];

/**
 * Returns how far a wave rises above three quarters of a ring around it. A wave between two of ours counts
 * with its neighbours.
 */
function heightOf(spectrum: Float32Array, u: number, v: number): number {
  const at = (x: number, y: number) => spectrum[((y + PIECE) % PIECE) * PIECE + ((x + PIECE) % PIECE)]!;
  const beside = Math.max(at(u + 1, v) + at(u - 1, v), at(u, v + 1) + at(u, v - 1));
  const ring = RING.map(([du, dv]) => at(u + du, v + dv)).sort((a, b) => a - b);
  return (2 * at(u, v) + beside) / 4 - ring[11]!;
}
