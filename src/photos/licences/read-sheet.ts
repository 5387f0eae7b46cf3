import sharp from "sharp";
import { detectLines } from "../ocr/detector.ts";
import { type Quad, sizeOf } from "../ocr/geometry.ts";
import type { OcrModels } from "../ocr/models.ts";
import type { Raster } from "../ocr/raster.ts";
import type { TextLine } from "../ocr/read-text.ts";
import { lineOf, recogniseLine } from "../ocr/recogniser.ts";

const DETECT_SIDE = 960;
/** More lines than both sides of a licence have; of others in the picture only the longest are read. */
const MOST_LINES = 70;
/** A document that covers a smaller share of the picture is cropped and searched again. */
const FAR = 0.6;
const MARGIN = 0.03;
/** share of the usual height of a line */
const SMALL = 0.7;
/** number of lines that decide which end is up */
const WITNESSES = 4;
/** certainty that upside-down text never reaches */
const CLEAR = 0.9;

interface Sheet {
  raster: Raster;
  quads: Quad[];
}

/**
 * Reads the lines of text on a document in any orientation; a line's corners begin where its text begins. A
 * line costs 30 ms and a third of them are small print (the labels again, in English), which is read only
 * when the rest is not enough.
 */
export async function readSheet(
  models: OcrModels,
  raster: Raster,
  isEnough: (lines: readonly TextLine[]) => boolean,
): Promise<TextLine[]> {
  const sheet = await nearer(models, await detect(models, raster));
  const quarters = await quartersOf(models, sheet);
  const quads = sheet.quads.map((quad) => turned(quad, quarters));
  const small = SMALL * median(quads.map((quad) => sizeOf(quad).height));
  const lines: TextLine[] = [];
  for (const isSmall of [false, true]) {
    for (const quad of quads.filter((one) => sizeOf(one).height < small === isSmall)) {
      const line = await read(models, sheet.raster, quad);
      if (line.text !== "") lines.push(line);
    }
    if (isEnough(lines)) break;
  }
  return lines;
}

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

async function detect(models: OcrModels, raster: Raster): Promise<Sheet> {
  const boxes = await detectLines(models, raster, { side: DETECT_SIDE });
  const quads = boxes.map(({ corners }) => corners).sort((a, b) => lengthOf(b) - lengthOf(a));
  return { raster, quads: quads.slice(0, MOST_LINES) };
}

const lengthOf = (quad: Quad) => Math.max(sizeOf(quad).width, sizeOf(quad).height);

async function read(models: OcrModels, raster: Raster, corners: Quad): Promise<TextLine> {
  const { text, probability } = await recogniseLine(models, lineOf(raster, corners));
  return { text, probability, corners };
}

/** Returns the quadrilateral rotated clockwise by this many quarters. */
function turned([a, b, c, d]: Quad, quarters: number): Quad {
  const once: Quad = [b, c, d, a];
  return quarters === 0 ? [a, b, c, d] : turned(once, quarters - 1);
}

/**
 * Returns by how many quarters the document is rotated: lines of text are long, and upside down they read
 * badly.
 */
async function quartersOf(models: OcrModels, { raster, quads }: Sheet): Promise<number> {
  const lean = quads.map(sizeOf).reduce((sum, { width, height }) => sum + width - height, 0);
  const [level, reversed] = lean >= 0 ? [0, 2] : [1, 3];
  const readable = async (quarters: number) => {
    const witnesses = quads.slice(0, WITNESSES).map((quad) => read(models, raster, turned(quad, quarters)));
    return (await Promise.all(witnesses)).reduce((sum, { probability }) => sum + probability, 0) / WITNESSES;
  };
  const upright = await readable(level);
  return upright > CLEAR || upright >= (await readable(reversed)) ? level : reversed;
}

/** Crops a small document from its picture and searches it again. */
async function nearer(models: OcrModels, sheet: Sheet): Promise<Sheet> {
  const { raster, quads } = sheet;
  if (quads.length === 0) return sheet;
  const points = quads.flat();
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const left = Math.max(0, Math.floor(Math.min(...xs) - raster.width * MARGIN));
  const top = Math.max(0, Math.floor(Math.min(...ys) - raster.height * MARGIN));
  const width = Math.min(raster.width, Math.ceil(Math.max(...xs) + raster.width * MARGIN)) - left;
  const height = Math.min(raster.height, Math.ceil(Math.max(...ys) + raster.height * MARGIN)) - top;
  if (Math.max(width, height) > FAR * Math.max(raster.width, raster.height)) return sheet;
  const data = await sharp(raster.data, { raw: { width: raster.width, height: raster.height, channels: 3 } })
    .extract({ left, top, width, height })
    .raw()
    .toBuffer();
  return detect(models, { data, width, height });
}
