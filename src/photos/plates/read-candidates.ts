import { type Quad, sizeOf } from "../ocr/geometry.ts";
import type { Raster } from "../ocr/raster.ts";
import { type PlateModels, readInViews, type Sighting, sighting } from "./sight.ts";
import { boxAbove, isPlateShaped, type Rows, rowsAbove, rowsWithin, tilted } from "./spots.ts";
import { isLegible, isPlain, isPlate, verdictOn } from "./verdict.ts";
import type { View } from "./views.ts";

/**
 * lines of text that are read, the largest first: of a street full of shop signs no more than these, and of
 * tall boxes fewer still
 */
const MOST_LINES = 4;
const MOST_TALL = 2;
const BRIEF: readonly View[] = [{ grey: true, brief: true }];
const FIRST: readonly View[] = [{ grey: true }];
const SECOND: readonly View[] = [{ across: -0.07, along: 0.08 }];
/** what the lower of two rows reads like */
const SERIAL = /^[A-Z0-9·. ]{3,6}[挂学警]?$/;
/** a box so short may hold both rows */
const TWO_ROWS_ASPECT = 2.9;

/** Reads those lines of text of a picture that may be plates. */
export async function readCandidates(models: PlateModels, raster: Raster, boxes: readonly Quad[]): Promise<Sighting[]> {
  const seen: Sighting[] = [];
  for (const corners of linesOf(boxes)) {
    const isFound = seen.some(({ ranking }) => isLegible(verdictOn(ranking)));
    // most of what stands beside a plate that was read are badges and stickers
    if (isFound && !(await mayBePlate(models, raster, corners))) continue;
    // a maker's badge below a plate that was read needs no search for a second row
    const one = await readSpot(models, raster, { corners, boxes: isFound ? null : boxes });
    if (one) seen.push(one);
  }
  return seen;
}

function linesOf(boxes: readonly Quad[]): Quad[] {
  const area = (corners: Quad) => sizeOf(corners).width * sizeOf(corners).height;
  const largest = (quads: Quad[]) => quads.filter(isPlateShaped).sort((a, b) => area(b) - area(a));
  const tall = boxes.filter((corners) => sizeOf(corners).height > sizeOf(corners).width).flatMap(tilted);
  return [...largest([...boxes]).slice(0, MOST_LINES), ...largest(tall).slice(0, MOST_TALL)];
}

async function mayBePlate(models: PlateModels, raster: Raster, corners: Quad): Promise<boolean> {
  const { ranking } = await readInViews(models, sighting(raster, [corners]), BRIEF);
  return isPlate(verdictOn(ranking));
}

/** The plate whose only or (where the other boxes are given) lower row is in the box; null: none. */
async function readSpot(
  models: PlateModels,
  raster: Raster,
  { corners, boxes }: { corners: Quad; boxes: readonly Quad[] | null },
): Promise<Sighting | null> {
  let best = await readInViews(models, sighting(raster, [corners]), FIRST);
  if (boxes && !isPlate(verdictOn(best.ranking))) {
    for (const rows of otherRows(corners, { text: best.text, boxes })) {
      const other = await readInViews(models, sighting(raster, rows), FIRST);
      if (verdictOn(other.ranking).score > verdictOn(best.ranking).score) best = other;
    }
  }
  const verdict = verdictOn(best.ranking);
  if (!isPlate(verdict)) return null;
  return isPlain(verdict) ? best : await readInViews(models, best, SECOND);
}

function otherRows(corners: Quad, { text, boxes }: { text: string; boxes: readonly Quad[] }): Rows[] {
  const rows: Rows[] = [];
  if (SERIAL.test(text)) {
    const above = boxAbove(corners, boxes);
    if (above) rows.push([above, corners]);
    rows.push(rowsAbove(corners));
  }
  const { width, height } = sizeOf(corners);
  if (width < height * TWO_ROWS_ASPECT) rows.push(rowsWithin(corners));
  return rows;
}
