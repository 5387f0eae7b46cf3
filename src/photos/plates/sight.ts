import type { OcrModels } from "../ocr/models.ts";
import type { Raster } from "../ocr/raster.ts";
import { recogniseLine } from "../ocr/recogniser.ts";
import { type Emissions, joined, type Reduce, reducer } from "./emissions.ts";
import { type Ranked, ranked } from "./pool.ts";
import { type SheetColour, sheetColourOf } from "./sheet-colour.ts";
import type { Rows } from "./spots.ts";
import { stripOf, type View } from "./views.ts";

/** The recognition models, with the reduction of their output to the symbols of plates. */
export interface PlateModels {
  ocr: OcrModels;
  reduce: Reduce;
}

export const plateModelsOf = (ocr: OcrModels): PlateModels => ({ ocr, reduce: reducer(ocr.alphabet) });

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
export async function readInViews(models: PlateModels, seen: Sighting, views: readonly View[]): Promise<Sighting> {
  const looked = { ...seen, views: [...seen.views] };
  for (const view of views) {
    const { emissions, text } = await read(models, seen, view);
    looked.views.push(emissions);
    looked.text ||= text;
  }
  return { ...looked, ranking: ranked(looked.views, looked.colour) };
}

async function read(
  models: PlateModels,
  { raster, rows }: Sighting,
  view: View,
): Promise<{ emissions: Emissions; text: string }> {
  const lines = [];
  const leastWidth = view.brief ? 0 : undefined;
  for (const row of rows) lines.push(await recogniseLine(models.ocr, stripOf(raster, row, view), leastWidth));
  const [first, second] = lines.map(models.reduce);
  const { text } = lines[lines.length - 1]!;
  return { emissions: second ? joined(first!, second) : first!, text };
}

/** The same plate with what else was seen of it. */
export function pooled(seen: Sighting, views: readonly Emissions[]): Sighting {
  const all = [...seen.views, ...views];
  return { ...seen, views: all, ranking: ranked(all, seen.colour) };
}
