import type { PlateReading, ReadPlate } from "../../domain/photo.ts";
import { type Quad, scaled, sizeOf } from "../ocr/geometry.ts";
import type { Raster } from "../ocr/raster.ts";
import { examineCloser } from "./examine-closer.ts";
import { detectQuick, detectThorough } from "./find-lines.ts";
import { CLOSE_SIDE, LOOK_SIDE } from "./limits.ts";
import { openPicture, type Picture } from "./picture.ts";
import { readCandidates } from "./read-candidates.ts";
import { type PlateModels, pooled, type Sighting } from "./sight.ts";
import { isEvenlySpaced } from "./spacing.ts";
import { type Rows, sameSpot } from "./spots.ts";
import { isDoubtful, isLegible, isPlate, isSure, RUNNERS_UP, verdictOn } from "./verdict.ts";

/** plates that a second look is worth, the largest first */
const MOST_CLOSER = 2;

/** Every plate of a photograph; the largest whole one is its best. */
export async function readPlates(models: PlateModels, bytes: Buffer): Promise<PlateReading> {
  const picture = await openPicture(bytes);
  const raster = await picture.at(LOOK_SIDE);
  let seen = await readCandidates(models, raster, await detectQuick(models.ocr, raster));
  seen = await examineLargest(models, picture, inOrder(seen, raster));
  if (!seen[0] || !isSure(verdictOn(seen[0].ranking))) {
    const more = await readCandidates(models, raster, await detectThorough(models.ocr, raster));
    seen = merged(seen, await examineLargest(models, picture, inOrder(more, raster)));
  }
  const [best = null, ...others] = inOrder(seen, raster).map((one) => read(one, raster));
  return { best, others };
}

async function examineLargest(models: PlateModels, picture: Picture, seen: readonly Sighting[]): Promise<Sighting[]> {
  const looked = [...seen];
  for (const [index, one] of seen.slice(0, MOST_CLOSER).entries()) {
    if (!isDoubtful(verdictOn(one.ranking))) continue;
    const larger = picture.side > LOOK_SIDE ? await picture.at(CLOSE_SIDE) : one.raster;
    looked[index] = await examineCloser(models, one, larger);
  }
  return looked;
}

/** Legible ones first, whole ones before those that the edge cuts, then by size. */
function inOrder(seen: readonly Sighting[], raster: Raster): Sighting[] {
  const rank = (one: Sighting) => {
    const legible = isLegible(verdictOn(one.ranking)) ? 0 : 2;
    return legible + (isWhole(lastRow(one), raster) ? 0 : 1);
  };
  return seen
    .filter((one) => isPlate(verdictOn(one.ranking)))
    .sort((a, b) => rank(a) - rank(b) || sizeOf(lastRow(b)).width - sizeOf(lastRow(a)).width);
}

const lastRow = ({ rows }: Sighting): Quad => rows[rows.length - 1]!;

/**
 * A whole plate has a rim beyond its letters: where they come this near to the edge (a twentieth of their
 * height), more of them may lie outside.
 */
function isWhole(quad: Quad, { width, height }: Raster): boolean {
  const rim = sizeOf(quad).height * 0.05;
  return quad.every(({ x, y }) => x > rim && y > rim && x < width - rim && y < height - rim);
}

/** Two legible sightings of one plate are pooled, else the better one is kept. */
function merged(first: readonly Sighting[], second: readonly Sighting[]): Sighting[] {
  const kept = [...first];
  for (const one of second) {
    const at = kept.findIndex((known) => sameSpot(lastRow(known), lastRow(one)));
    if (at < 0) kept.push(one);
    else kept[at] = better(kept[at]!, one);
  }
  return kept;
}

function better(known: Sighting, one: Sighting): Sighting {
  const [before, after] = [verdictOn(known.ranking), verdictOn(one.ranking)];
  if (isLegible(before) && isLegible(after)) return pooled(known, one.views);
  return after.score > before.score ? one : known;
}

function read(seen: Sighting, raster: Raster): ReadPlate {
  const verdict = verdictOn(seen.ranking);
  const [best, ...rest] = seen.ranking;
  return {
    plate: best!.plate,
    sure: isSure(verdict) && isWhole(lastRow(seen), raster) && hasNoGap(seen),
    gap: Math.round(verdict.gap * 100),
    box: boxOf(seen.rows, raster),
    runnersUp: rest.slice(0, RUNNERS_UP).map(({ plate }) => plate),
  };
}

const hasNoGap = ({ rows, views, ranking }: Sighting): boolean =>
  rows.length === 2 || isEvenlySpaced(views[0]!, ranking[0]!.symbols);

/** The upright box around all rows, within the picture, in thousandths. */
function boxOf(rows: Rows, { width, height }: Raster): ReadPlate["box"] {
  const points = rows.flatMap((row) => scaled(row, 1000 / width, 1000 / height));
  const within = (value: number) => Math.round(Math.min(1000, Math.max(0, value)));
  const x = within(Math.min(...points.map((point) => point.x)));
  const y = within(Math.min(...points.map((point) => point.y)));
  const right = within(Math.max(...points.map((point) => point.x)));
  const bottom = within(Math.max(...points.map((point) => point.y)));
  return { x, y, width: right - x, height: bottom - y };
}
