import { type Quad, sizeOf } from "./geometry.ts";
import { LINE_HEIGHT, type OcrModels } from "./models.ts";
import type { Raster } from "./raster.ts";
import { straighten } from "./warp.ts";

/** The network's output for a line, and its greedy reading. */
export interface RecognisedLine {
  text: string;
  /** mean of its characters' probabilities, 0 without any */
  probability: number;
  characters: readonly { character: string; probability: number; step: number }[];
  /** probability of symbol s of the alphabet at step t: `probabilities[t * symbols + s]` */
  probabilities: Float32Array;
  steps: number;
  symbols: number;
}

/** The network was trained on lines of this width and wider; shorter ones are padded with grey. */
const LEAST_WIDTH = 320;
/** Longer lines are squeezed: their letters are small by then. */
const MOST_WIDTH = 1_600;
const STEP = 8;

/** Returns a quadrilateral as a strip of the recogniser's height, in its own proportions. */
export function lineOf(raster: Raster, corners: Quad): Raster {
  const { width, height } = sizeOf(corners);
  const wanted = Math.round((width / Math.max(height, 1)) * LINE_HEIGHT);
  return straighten(raster, corners, { width: Math.min(MOST_WIDTH, Math.max(STEP, wanted)), height: LINE_HEIGHT });
}

/** Reads a strip made by `lineOf` (or any raster 48 pixels high). */
export async function recogniseLine(
  models: OcrModels,
  line: Raster,
  leastWidth = LEAST_WIDTH,
): Promise<RecognisedLine> {
  const width = Math.max(leastWidth, Math.ceil(line.width / STEP) * STEP);
  const probabilities = await models.recognise(inputOf(line, width), width);
  const symbols = models.alphabet.length;
  const steps = probabilities.length / symbols;
  return { ...greedy(probabilities, models.alphabet), probabilities, steps, symbols };
}

/** Planes of blue, green, red from -1 to 1; 0 to the right of a short line. */
function inputOf({ data, width, height }: Raster, padded: number): Float32Array {
  const input = new Float32Array(3 * height * padded);
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < height; y++) {
      const to = (channel * height + y) * padded;
      const from = y * width * 3 + 2 - channel;
      for (let x = 0; x < width; x++) input[to + x] = data[from + x * 3]! / 127.5 - 1;
    }
  }
  return input;
}

function greedy(probabilities: Float32Array, alphabet: readonly string[]) {
  const characters: { character: string; probability: number; step: number }[] = [];
  const symbols = alphabet.length;
  let before = 0;
  for (let step = 0; step * symbols < probabilities.length; step++) {
    const best = largest(probabilities, step * symbols, symbols);
    const probability = probabilities[step * symbols + best]!;
    if (best !== 0 && best !== before) characters.push({ character: alphabet[best]!, probability, step });
    before = best;
  }
  const sum = characters.reduce((total, { probability }) => total + probability, 0);
  const text = characters.map(({ character }) => character).join("");
  return { text, probability: characters.length ? sum / characters.length : 0, characters };
}

function largest(values: Float32Array, start: number, count: number): number {
  let best = 0;
  for (let at = 1; at < count; at++) if (values[start + at]! > values[start + best]!) best = at;
  return best;
}
