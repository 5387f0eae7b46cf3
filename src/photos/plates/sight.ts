import type { OcrModels } from "../ocr/models.ts";
import type { Raster } from "../ocr/raster.ts";
import { recogniseLine } from "../ocr/recogniser.ts";
import { type Emissions, joined, type Reduce, reducer } from "./emissions.ts";
import { type Ranked, ranked } from "./pool.ts";
import { type SheetColour, sheetColourOf } from "./sheet-colour.ts";
import type { Rows } from "./spots.ts";
import { stripOf, type View } from "./views.ts";

export interface Eyes {
  models: OcrModels;
  reduce: Reduce;
}

export const eyesOf = (models: OcrModels): Eyes => ({ models, reduce: reducer(models.alphabet) });

/** What may be a plate, and all that was seen of it so far. */
export interface Sighting {
  rows: Rows;
  raster: Raster;
  colour: SheetColour;
  views: Emissions[];
  ranking: readonly Ranked[];
  /** how the last row was read without any grammar, in the first view */
  text: string;
}

export function sighting(raster: Raster, rows: Rows): Sighting {
  return { rows, raster, colour: sheetColourOf(raster, rows[rows.length - 1]!), views: [], ranking: [], text: "" };
}

/** Looks at the spot once more for each of the views and ranks anew. */
export async function lookAt(eyes: Eyes, seen: Sighting, views: readonly View[]): Promise<Sighting> {
  const looked = { ...seen, views: [...seen.views] };
  for (const view of views) {
    const { emissions, text } = await read(eyes, seen, view);
    looked.views.push(emissions);
    looked.text ||= text;
  }
  return { ...looked, ranking: ranked(looked.views, looked.colour) };
}

async function read(
  eyes: Eyes,
  { raster, rows }: Sighting,
  view: View,
): Promise<{ emissions: Emissions; text: string }> {
  const lines = [];
  const leastWidth = view.brief ? 0 : undefined;
  for (const row of rows) lines.push(await recogniseLine(eyes.models, stripOf(raster, row, view), leastWidth));
  const [first, second] = lines.map(eyes.reduce);
  const { text } = lines[lines.length - 1]!;
  return { emissions: second ? joined(first!, second) : first!, text };
}

/** The same plate with what else was seen of it. */
export function pooled(seen: Sighting, views: readonly Emissions[]): Sighting {
  const all = [...seen.views, ...views];
  return { ...seen, views: all, ranking: ranked(all, seen.colour) };
}
