import { type ProbabilityMap, patchesOf } from "./components.ts";
import { at, grown, hullOf, leastRectangle, type Quad, scaled, sizeOf } from "./geometry.ts";
import type { OcrModels } from "./models.ts";
import { outlineOf } from "./outline.ts";
import type { Raster } from "./raster.ts";
import { resized } from "./resize.ts";

export interface DetectOptions {
  /** longest side of the network's input; 512 for a plate in a street, 960 and more for a document */
  side: number;
  /** pixels above this belong to text */
  threshold?: number;
  /** lines with a lower mean probability are dropped */
  leastScore?: number;
  /** the network marks the core of a line; its rectangle is grown by area × unclip ÷ perimeter */
  unclip?: number;
}

export interface TextBox {
  /** in pixels of the given raster; may extend beyond its edge */
  corners: Quad;
  /**
   * the same box as a free quadrilateral, for a plate seen from the side; rarely needed, so computed on
   * demand
   */
  outline: () => Quad;
  score: number;
}

const STEP = 32;
const MEAN = [0.485, 0.456, 0.406];
const DEVIATION = [0.229, 0.224, 0.225];
/** of the map: smaller regions are no lines */
const LEAST_PIXELS = 12;
const LEAST_SIDE = 3;

/** Finds lines of text by the DB detector, unordered. */
export async function detectLines(models: OcrModels, raster: Raster, options: DetectOptions): Promise<TextBox[]> {
  const { threshold = 0.3, leastScore = 0.5, unclip = 1.6 } = options;
  const scale = options.side / Math.max(raster.width, raster.height);
  const width = stepped(raster.width * scale);
  const height = stepped(raster.height * scale);
  const values = await models.detect(inputOf(await resized(raster, width, height)), width, height);
  const map: ProbabilityMap = { values, width, height };
  const boxes: TextBox[] = [];
  for (const patch of patchesOf(map, threshold, LEAST_PIXELS)) {
    const hull = hullOf(patch.rim);
    const core = leastRectangle(hull);
    const size = sizeOf(core);
    if (Math.min(size.width, size.height) < LEAST_SIDE) continue;
    const score = meanWithin(map, core);
    if (score < leastScore) continue;
    const margin = (size.width * size.height * unclip) / (2 * (size.width + size.height));
    const whole = (quad: Quad) => scaled(grown(quad, margin, margin), raster.width / width, raster.height / height);
    boxes.push({ corners: whole(core), outline: () => whole(outlineOf(hull, core)), score });
  }
  return boxes;
}

const stepped = (side: number) => Math.max(STEP, Math.round(side / STEP) * STEP);

/** Planes of blue, green, red, as in the network's training. */
function inputOf({ data, width, height }: Raster): Float32Array {
  const plane = width * height;
  const input = new Float32Array(plane * 3);
  for (let channel = 0; channel < 3; channel++) {
    const scale = 1 / 255 / DEVIATION[channel]!;
    const shift = MEAN[channel]! / DEVIATION[channel]!;
    const to = channel * plane;
    for (let pixel = 0, from = 2 - channel; pixel < plane; pixel++, from += 3) {
      input[to + pixel] = data[from]! * scale - shift;
    }
  }
  return input;
}

/** Mean of the map over a grid of points within the rectangle. */
function meanWithin({ values, width, height }: ProbabilityMap, quad: Quad): number {
  const size = sizeOf(quad);
  const columns = Math.ceil(size.width);
  const rows = Math.ceil(size.height);
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const { x, y } = at(quad, (column + 0.5) / columns, (row + 0.5) / rows);
      const [px, py] = [
        Math.min(width - 1, Math.max(0, Math.floor(x))),
        Math.min(height - 1, Math.max(0, Math.floor(y))),
      ];
      sum += values[py * width + px]!;
    }
  }
  return sum / (rows * columns);
}
