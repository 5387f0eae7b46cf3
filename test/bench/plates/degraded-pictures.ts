import { rasterOf } from "../../../src/photos/ocr/raster.ts";
import type { Labelled, Original } from "../plates.ts";
import { degraded, HARSH, MILD } from "./degrade.ts";

const SIDE = 1_344;

const WAYS = [...Object.keys(MILD), ...Object.keys(HARSH)];

/** Each photograph spoilt in so many of the 23 ways, others for each photograph. */
export async function* degradedPictures(originals: readonly Original[], count: number): AsyncGenerator<Labelled> {
  for (const [index, { name, plate, bytes }] of originals.entries()) {
    const raster = await rasterOf(await bytes(), SIDE);
    for (let one = 0; one < Math.min(count, WAYS.length); one++) {
      // 5 and 4 share no factor with 23: all ways get their turn
      const way = WAYS[(index * 5 + one * 4) % WAYS.length]!;
      yield { name: `${name} ${way}`, group: way, plate, bytes: await degraded(raster, way) };
    }
  }
}
