/**
 * Side of a piece: fine enough to separate two near waves, small enough that a picture has a dozen pieces.
 */
export const PIECE = 128;
const HALF = PIECE / 2;

const COS = Float32Array.from({ length: HALF }, (_, at) => Math.cos((2 * Math.PI * at) / PIECE));
const SIN = Float32Array.from({ length: HALF }, (_, at) => -Math.sin((2 * Math.PI * at) / PIECE));
const REVERSED = Uint8Array.from({ length: PIECE }, (_, at) => {
  let reversed = 0;
  for (let bit = 1; bit < PIECE; bit *= 2) reversed = reversed * 2 + (at & bit ? 1 : 0);
  return reversed;
});
/** Hann window: otherwise the edges of a piece draw a cross over its spectrum. */
export const WINDOW = Float32Array.from({ length: PIECE }, (_, at) => 0.5 - 0.5 * Math.cos((2 * Math.PI * at) / PIECE));

/** Two-dimensional Fourier transform of PIECE × PIECE complex values, in place. */
export function transform(real: Float32Array, imaginary: Float32Array): void {
  for (let y = 0; y < PIECE; y++) line(real, imaginary, y * PIECE, 1);
  for (let x = 0; x < PIECE; x++) line(real, imaginary, x, PIECE);
}

function line(real: Float32Array, imaginary: Float32Array, start: number, step: number): void {
  for (let at = 0; at < PIECE; at++) {
    const other = REVERSED[at]!;
    if (other <= at) continue;
    const [a, b] = [start + at * step, start + other * step];
    const [re, im] = [real[a]!, imaginary[a]!];
    real[a] = real[b]!;
    imaginary[a] = imaginary[b]!;
    real[b] = re;
    imaginary[b] = im;
  }
  for (let size = 2; size <= PIECE; size *= 2) butterflies(real, imaginary, { start, step, size });
}

function butterflies(
  real: Float32Array,
  imaginary: Float32Array,
  { start, step, size }: { start: number; step: number; size: number },
): void {
  const [half, turn] = [size / 2, PIECE / size];
  for (let from = 0; from < PIECE; from += size) {
    for (let at = 0; at < half; at++) {
      const [cos, sin] = [COS[at * turn]!, SIN[at * turn]!];
      const a = start + (from + at) * step;
      const b = a + half * step;
      const re = real[b]! * cos - imaginary[b]! * sin;
      const im = real[b]! * sin + imaginary[b]! * cos;
      real[b] = real[a]! - re;
      imaginary[b] = imaginary[a]! - im;
      real[a] = real[a]! + re;
      imaginary[a] = imaginary[a]! + im;
    }
  }
}
