import { at, type Quad } from "../../../src/photos/ocr/geometry.ts";
import { type Raster, rasterOf } from "../../../src/photos/ocr/raster.ts";
import type { PlateReader } from "../../../src/photos/plates/reader.ts";
import type { Labelled, Original } from "../plates.ts";
import { PAINTED_KINDS, STRANGE_KINDS } from "./plate-kinds.ts";
import { randomFrom } from "./random.ts";
import { type Ground, paintScene } from "./scene.ts";

const SIDE = 1_344;
const OF_EACH_KIND = 20;
/** of 255, what a plate's own paint has on a bright day */
const DAY = 115;

/**
 * Plates of every kind, half of them over the plates of the photographs, half of them on a drawn car; then
 * foreign ones, and some with a character covered, of which nothing may be taken as read.
 */
export async function* paintedPictures(originals: readonly Original[], reader: PlateReader): AsyncGenerator<Labelled> {
  const grounds: Ground[] = [];
  for (const original of originals) {
    const ground = await groundOf(original, reader);
    if (ground) grounds.push(ground);
  }
  for (let seed = 1; seed <= OF_EACH_KIND; seed++) {
    for (const [index, kind] of PAINTED_KINDS.entries()) {
      const ground = seed % 2 ? (grounds[(seed * 5 + index) % grounds.length] ?? null) : null;
      const { name, plate, bytes } = await paintScene(kind, seed * PAINTED_KINDS.length + index, ground);
      yield { name, group: kind.name, plate, bytes };
    }
    for (const kind of STRANGE_KINDS) {
      const { name, bytes } = await paintScene(kind, seed, null);
      yield { name, group: kind.name, plate: "", bytes };
    }
    for (const kind of PAINTED_KINDS.filter((one) => one.name === "blue" || one.name === "nev-small")) {
      const hidden = seed % kind.number(randomFrom(seed)).length;
      const { name, bytes } = await paintScene(kind, seed, null, hidden);
      yield { name: `${name} without its character ${hidden + 1}`, group: `${kind.name}-covered`, plate: "", bytes };
    }
  }
}

/** Returns where the reader sees the plate of a photograph: the painted one covers it. */
async function groundOf(original: Original, reader: PlateReader): Promise<Ground | null> {
  const bytes = await original.bytes();
  const best = (await reader.read(bytes, "awaited"))?.best;
  if (best?.plate !== original.plate) return null;
  const raster = await rasterOf(bytes, SIDE);
  const left = (best.box.x / 1000) * raster.width;
  const top = (best.box.y / 1000) * raster.height;
  const right = left + (best.box.width / 1000) * raster.width;
  const bottom = top + (best.box.height / 1000) * raster.height;
  const box: Quad = [
    { x: left, y: top },
    { x: right, y: top },
    { x: right, y: bottom },
    { x: left, y: bottom },
  ];
  const light = Math.min(1.1, Math.max(0.35, meanOf(raster, box) / DAY));
  return { raster, middle: at(box, 0.5, 0.5), plateWidth: Math.max((right - left) * 1.15, 90), light };
}

function meanOf({ data, width, height }: Raster, box: Quad): number {
  const steps = 20;
  let sum = 0;
  for (let step = 0; step < steps * steps; step++) {
    const { x, y } = at(box, (step % steps) / steps, Math.floor(step / steps) / steps);
    const px = Math.min(width - 1, Math.max(0, Math.floor(x)));
    const py = Math.min(height - 1, Math.max(0, Math.floor(y)));
    for (let channel = 0; channel < 3; channel++) sum += data[(py * width + px) * 3 + channel]! / 3;
  }
  return sum / steps / steps;
}
