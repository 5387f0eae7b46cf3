import { rasterOf } from "../../../src/photos/ocr/raster.ts";
import type { Labelled, Original } from "../plates.ts";
import { degraded, HARSH, MILD } from "./degrade.ts";

const SIDE = 1_344;

/** Each photograph spoilt in 23 ways, one after the other. */
export async function* degradedPictures(originals: readonly Original[]): AsyncGenerator<Labelled> {
  for (const { name, plate, bytes } of originals) {
    const raster = await rasterOf(await bytes(), SIDE);
    for (const way of [...Object.keys(MILD), ...Object.keys(HARSH)]) {
      yield { name: `${name} ${way}`, group: way, plate, bytes: await degraded(raster, way) };
    }
  }
}
