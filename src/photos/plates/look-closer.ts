import { detectLines, type TextBox } from "../ocr/detector.ts";
import { type Quad, scaled, sizeOf } from "../ocr/geometry.ts";
import type { Raster } from "../ocr/raster.ts";
import { straighten } from "../ocr/warp.ts";
import { type Eyes, lookAt, pooled, type Sighting, sighting } from "./sight.ts";
import { middleOf } from "./spots.ts";
import type { View } from "./views.ts";

const VIEWS: readonly View[] = [
  { grey: true, stretch: 1.3 },
  { across: -0.07, along: 0.08 },
];
/** of the four corners found, or without them leaning a little to either side */
const STRAIGHT: readonly View[] = [{ grey: true }, { stretch: 1.3 }];
const LEANING: readonly View[] = [{ grey: true }, { stretch: 1.3, shear: -0.12 }];
/** the plate's surroundings in widths of its line, and what the network sees of them */
const CROP = { width: 2.2, height: 1.5 };
const CROP_SIDE = 320;
const MOST_CROP = 1_200;

/** Goes up to a plate: the line is found anew in a crop around it, of a larger raster of the same picture where there is one, and all views are pooled. */
export async function closer(eyes: Eyes, seen: Sighting, raster: Raster): Promise<Sighting> {
  const scale = raster.width / seen.raster.width;
  const rows = seen.rows.map((row) => scaled(row, scale, scale)) as unknown as Sighting["rows"];
  const near = rows.length === 1 ? await foundAnew(eyes, raster, rows[0]) : null;
  if (!near) return pooled(seen, (await lookAt(eyes, sighting(raster, rows), [...VIEWS, ...LEANING])).views);
  const level = await lookAt(eyes, sighting(near.crop, [near.corners]), VIEWS);
  const straight = await lookAt(eyes, sighting(near.crop, [near.outline()]), STRAIGHT);
  return pooled(seen, [...level.views, ...straight.views]);
}

async function foundAnew(eyes: Eyes, raster: Raster, line: Quad): Promise<(TextBox & { crop: Raster }) | null> {
  const around = surroundings(line);
  const size = sizeOf(around);
  const shrunk = Math.min(1, MOST_CROP / size.width);
  const crop = straighten(raster, around, {
    width: Math.round(size.width * shrunk),
    height: Math.round(size.height * shrunk),
  });
  const wanted = sizeOf(line).width * shrunk;
  const match = (await detectLines(eyes.models, crop, { side: CROP_SIDE })).find(({ corners }) => {
    const { x, y } = middleOf(corners);
    const isInside = Math.abs(x - crop.width / 2) < wanted / 4 && Math.abs(y - crop.height / 2) < wanted / 6;
    return isInside && sizeOf(corners).width > wanted * 0.7 && sizeOf(corners).width < wanted * 1.4;
  });
  return match ? { ...match, crop } : null;
}

function surroundings(line: Quad): Quad {
  const { x, y } = middleOf(line);
  const { width } = sizeOf(line);
  const [right, down] = [(width * CROP.width) / 2, (width * CROP.height) / 2];
  return [
    { x: x - right, y: y - down },
    { x: x + right, y: y - down },
    { x: x + right, y: y + down },
    { x: x - right, y: y + down },
  ];
}
