import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PhotoSlot } from "../../src/domain/photo.ts";
import { PHOTO_SLOTS } from "../../src/domain/photo.ts";
import { listSamples } from "../../src/simulator/samples/samples.ts";

/** A picture for each mandatory slot: the drawn samples, or the first five of a folder. */
export async function demoPhotos(dir: string | undefined): Promise<Record<string, Buffer>> {
  const files = dir ? await fromFolder(dir) : PHOTO_SLOTS.map((slot) => sampleFor(slot));
  const bytes = await Promise.all(files.map((file) => readFile(file)));
  return Object.fromEntries(PHOTO_SLOTS.map((slot, index) => [slot, bytes[index] as Buffer]));
}

async function fromFolder(dir: string): Promise<string[]> {
  const names = (await readdir(dir)).filter((name) => /\.(jpe?g|png|webp)$/i.test(name)).sort();
  if (names.length === 0) throw new Error(`no pictures in ${dir}`);
  return PHOTO_SLOTS.map((_, index) => join(dir, names[index % names.length] as string));
}

function sampleFor(slot: PhotoSlot): URL {
  const sample = listSamples().find((one) => one.slot === slot && one.phone === 1);
  if (!sample) throw new Error(`no sample for ${slot}`);
  return sample.file;
}
