import { type DetectOptions, detectLines } from "./detector.ts";
import { type Quad, sizeOf } from "./geometry.ts";
import type { OcrModels } from "./models.ts";
import type { Raster } from "./raster.ts";
import { lineOf, recogniseLine } from "./recogniser.ts";

export interface TextLine {
  text: string;
  /** mean of its characters' probabilities */
  probability: number;
  /** top left, top right, bottom right, bottom left, in pixels of the raster */
  corners: Quad;
}

/**
 * Reads every line of text of a picture, from top to bottom and left to right. Upright text only: rotate the
 * raster first.
 */
export async function readText(models: OcrModels, raster: Raster, options: DetectOptions): Promise<TextLine[]> {
  const lines: TextLine[] = [];
  for (const { corners } of await detectLines(models, raster, options)) {
    const { text, probability } = await recogniseLine(models, lineOf(raster, corners));
    if (text) lines.push({ text, probability, corners });
  }
  return inReadingOrder(lines);
}

/** Lines are on one row when their centres differ by less than half a line's height. */
function inReadingOrder(lines: readonly TextLine[]): TextLine[] {
  const rows: TextLine[][] = [];
  for (const line of [...lines].sort((a, b) => middle(a).y - middle(b).y)) {
    const row = rows.at(-1);
    const height = Math.min(sizeOf(line.corners).height, row ? sizeOf(row[0]!.corners).height : 0);
    if (row && middle(line).y - middle(row[0]!).y < height / 2) row.push(line);
    else rows.push([line]);
  }
  return rows.flatMap((row) => row.sort((a, b) => middle(a).x - middle(b).x));
}

const middle = ({ corners }: TextLine) => ({
  x: (corners[0].x + corners[2].x) / 2,
  y: (corners[0].y + corners[2].y) / 2,
});
