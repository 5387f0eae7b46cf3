import sharp from "sharp";
import { COPY_SIDE, THUMB_SIDE } from "../../src/photos/limits.ts";
import { createPhotos } from "../../src/photos/photos.ts";

const SECONDS_EACH = 3;
const PARALLEL = 2;

/** Photos per second of inspect + derive beside bare sharp doing the same resize work, in turns within one run. */
export async function benchPhotos(): Promise<Record<string, number>> {
  const photos = createPhotos();
  const picture = await twelveMegapixels();
  const ours = async () => {
    await photos.inspect(picture);
    await photos.derive(picture);
  };
  const bare = async () => {
    const copy = await sharp(picture).autoOrient().resize(COPY_SIDE, COPY_SIDE, { fit: "inside" }).jpeg().toBuffer();
    await sharp(copy).resize(THUMB_SIDE, THUMB_SIDE, { fit: "inside" }).jpeg().toBuffer();
  };
  await Promise.all([ours(), bare()]);
  const done = { ours: 0, bare: 0, oursMs: 0, bareMs: 0 };
  const end = performance.now() + SECONDS_EACH * 2000;
  // in turns: a neighbour's load falls on both alike
  while (performance.now() < end) {
    done.oursMs += await timed(ours);
    done.ours += PARALLEL * 2;
    done.bareMs += await timed(bare);
    done.bare += PARALLEL * 2;
  }
  const [perSecond, barePerSecond] = [(done.ours * 1000) / done.oursMs, (done.bare * 1000) / done.bareMs];
  return {
    photosPerSecond: round(perSecond),
    bareSharpPhotosPerSecond: round(barePerSecond),
    photosShareOfBare: round(perSecond / barePerSecond),
    photoMegabytes: round(picture.length / 1e6),
  };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  const two = async () => {
    await work();
    await work();
  };
  await Promise.all(Array.from({ length: PARALLEL }, two));
  return performance.now() - start;
}

/** 4,032 × 3,024: noise over a gradient, as heavy as a phone's picture. */
async function twelveMegapixels(): Promise<Buffer> {
  const [width, height] = [4032, 3024];
  const pixels = Buffer.alloc(width * height * 3);
  let seed = 42;
  for (let at = 0; at < pixels.length; at += 3) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const grain = (seed >>> 27) - 16;
    const pixel = at / 3;
    const across = ((pixel % width) / width) * 200;
    const down = (pixel / width / height) * 200;
    pixels[at] = 28 + across + grain;
    pixels[at + 1] = 28 + down + grain;
    pixels[at + 2] = 228 - across + grain;
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 88 })
    .toBuffer();
}

const round = (value: number) => Math.round(value * 100) / 100;
