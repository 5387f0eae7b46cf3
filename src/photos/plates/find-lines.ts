import { detectLines } from "../ocr/detector.ts";
import { mapped, type Quad, sizeOf } from "../ocr/geometry.ts";
import type { OcrModels } from "../ocr/models.ts";
import type { Raster } from "../ocr/raster.ts";
import { sameSpot } from "./spots.ts";

/**
 * What the network sees of a picture's longest side, or of a tile's: no more than this, and no more of a
 * square one than of 4 : 3. At 960 it takes 150 MB more.
 */
const SIDE = 512;
const MOST_PIXELS = SIDE * 400;
/** of a raster: no plate that a detectQuick misses is wider */
const OVERLAP = 160;

/** The lines of text that show at a detectQuick. */
export async function detectQuick(models: OcrModels, raster: Raster): Promise<Quad[]> {
  const { width, height } = raster;
  const aspect = Math.max(width, height) / Math.min(width, height);
  const side = Math.min(SIDE, Math.sqrt(MOST_PIXELS * aspect));
  return (await detectLines(models, raster, { side })).map(({ corners }) => corners);
}

/** The smaller ones too: the picture in four tiles that overlap, one after the other. */
export async function detectThorough(models: OcrModels, raster: Raster): Promise<Quad[]> {
  const width = Math.min(raster.width, Math.ceil((raster.width + OVERLAP) / 2));
  const height = Math.min(raster.height, Math.ceil((raster.height + OVERLAP) / 2));
  const found: Quad[] = [];
  for (const top of [0, raster.height - height]) {
    for (const left of [0, raster.width - width]) {
      const tile = cropped(raster, { left, top, width, height });
      for (const corners of await detectQuick(models, tile)) add(found, moved(corners, left, top));
    }
  }
  return found;
}

/** Where tiles overlap a line is found twice, once perhaps cut: the longer box is the whole one. */
function add(found: Quad[], corners: Quad): void {
  const twin = found.findIndex((known) => sameSpot(known, corners));
  if (twin < 0) found.push(corners);
  else if (sizeOf(corners).width > sizeOf(found[twin]!).width) found[twin] = corners;
}

const moved = (quad: Quad, x: number, y: number) => mapped(quad, (p) => ({ x: p.x + x, y: p.y + y }));

function cropped(raster: Raster, box: { left: number; top: number; width: number; height: number }): Raster {
  const { left, top, width, height } = box;
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const from = ((top + row) * raster.width + left) * 3;
    data.set(raster.data.subarray(from, from + width * 3), row * width * 3);
  }
  return { data, width, height };
}
