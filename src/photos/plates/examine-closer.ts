import { detectLines, type TextBox } from "../ocr/detector.ts";
import { grown, type Quad, scaled, sizeOf } from "../ocr/geometry.ts";
import type { Raster } from "../ocr/raster.ts";
import { straighten } from "../ocr/warp.ts";
import { type PlateModels, pooled, readInViews, type Sighting, sighting } from "./sight.ts";
import { middleOf } from "./spots.ts";
import { isSure, verdictOn } from "./verdict.ts";
import type { View } from "./views.ts";

const VIEWS: readonly View[] = [
  { grey: true, stretch: 1.3 },
  { across: -0.07, along: 0.08 },
];
/** of the four corners found, or without them leaning a little to either side */
const STRAIGHT: readonly View[] = [{ grey: true }, { stretch: 1.3 }];
const LEANING: readonly View[] = [{ grey: true }, { stretch: 1.3, shear: -0.12 }];
/**
 * how far the letters of a plate may lean that is seen from the side and from above, in shares of their
 * height
 */
const LEANS = [-0.8, -0.5, -0.25, 0.25, 0.5, 0.8];
/** the plate's surroundings in widths of its line, and what the network sees of them */
const CROP = { width: 2.2, height: 1.5 };
const CROP_SIDE = 320;
const MOST_CROP = 1_200;
/** nats */
const FAR = 1;

/**
 * Goes up to a plate: the line is laid level and found anew in a crop around it, of a larger raster of the
 * same picture where there is one, and all views are pooled. Where that does not settle it, its letters may
 * lean.
 */
export async function examineCloser(models: PlateModels, seen: Sighting, raster: Raster): Promise<Sighting> {
  const scale = raster.width / seen.raster.width;
  const inRaster = (row: Quad) => scaled(row, scale, scale);
  const [upper, lower] = seen.rows;
  const rows: Sighting["rows"] = lower ? [inRaster(upper), inRaster(lower)] : [inRaster(upper)];
  const near = rows.length === 1 ? await findAgain(models, raster, rows[0]) : null;
  const spot = near ? sighting(near.crop, [near.corners]) : sighting(raster, rows);
  const level = await readInViews(models, spot, near ? VIEWS : [...VIEWS, ...LEANING]);
  const straight = near ? (await readInViews(models, sighting(near.crop, [near.outline()]), STRAIGHT)).views : [];
  const all = pooled(seen, [...level.views, ...straight]);
  return isSure(verdictOn(all.ranking)) ? all : await upright(models, all, spot);
}

/**
 * Looks for the lean at which the letters are seen best; what was seen before is forgotten where that is far
 * better.
 */
async function upright(models: PlateModels, seen: Sighting, spot: Sighting): Promise<Sighting> {
  let best = { score: Number.NEGATIVE_INFINITY, shear: 0 };
  for (const shear of LEANS) {
    const { score } = verdictOn((await readInViews(models, spot, [{ grey: true, shear }])).ranking);
    if (score > best.score) best = { score, shear };
  }
  const { shear } = best;
  if (best.score < verdictOn(seen.ranking).score) return seen;
  const views = [
    { grey: true, shear },
    { shear, stretch: 1.3 },
    { shear, across: -0.07, along: 0.08 },
  ];
  const stood = pooled({ ...seen, views: [] }, (await readInViews(models, spot, views)).views);
  return verdictOn(stood.ranking).score > verdictOn(seen.ranking).score + FAR ? stood : seen;
}

async function findAgain(
  models: PlateModels,
  raster: Raster,
  line: Quad,
): Promise<(TextBox & { crop: Raster }) | null> {
  const around = surroundings(line);
  const size = sizeOf(around);
  const shrunk = Math.min(1, MOST_CROP / size.width);
  const crop = straighten(raster, around, {
    width: Math.round(size.width * shrunk),
    height: Math.round(size.height * shrunk),
  });
  const wanted = sizeOf(line).width * shrunk;
  const match = (await detectLines(models.ocr, crop, { side: CROP_SIDE })).find(({ corners }) => {
    const { x, y } = middleOf(corners);
    const isInside = Math.abs(x - crop.width / 2) < wanted / 4 && Math.abs(y - crop.height / 2) < wanted / 6;
    return isInside && sizeOf(corners).width > wanted * 0.7 && sizeOf(corners).width < wanted * 1.4;
  });
  return match ? { ...match, crop } : null;
}

function surroundings(line: Quad): Quad {
  const { width, height } = sizeOf(line);
  return grown(line, (width * (CROP.width - 1)) / 2, (width * CROP.height - height) / 2);
}
