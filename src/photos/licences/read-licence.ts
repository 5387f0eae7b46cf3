import { isEnough, type LicenceKind, type LicenceReading } from "../../domain/licence.ts";
import type { OcrModels } from "../ocr/models.ts";
import { rasterOf } from "../ocr/raster.ts";
import type { TextLine } from "../ocr/read-text.ts";
import { findLicence } from "./find-fields.ts";
import { readSheet } from "./read-sheet.ts";
import { layStraight } from "./sheet.ts";

/** A card that fills half of the picture is still 800 pixels wide. */
const RASTER_SIDE = 1_600;

/**
 * Reads a photographed licence in any orientation; the other kind if that was photographed; null when neither
 * is visible. Stores nothing.
 */
export async function readLicence(models: OcrModels, bytes: Buffer, kind: LicenceKind): Promise<LicenceReading | null> {
  const find = (lines: readonly TextLine[]) => findLicence(layStraight(lines), kind);
  const raster = await rasterOf(bytes, RASTER_SIDE);
  return find(await readSheet(models, raster, (lines) => hasEnough(find(lines))));
}

const hasEnough = (reading: LicenceReading | null) => reading !== null && isEnough(reading);
