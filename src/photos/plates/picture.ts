import { headerOf } from "../decoder.ts";
import { type Raster, rasterOf } from "../ocr/raster.ts";

/** A photograph that is decoded only as large as needed. */
export interface Picture {
  /** longest side of the original */
  side: number;
  /** no side over `side` pixels, dark ones brightened; the last size is kept */
  at: (side: number) => Promise<Raster>;
}

/** Pictures with a lower 98th percentile (of 255) are brightened to it. */
const LIT = 130;
const MOST_GAIN = 4;

export async function openPicture(bytes: Buffer): Promise<Picture> {
  const { width, height } = await headerOf(bytes);
  let kept: { side: number; raster: Raster } | null = null;
  return {
    side: Math.max(width, height),
    at: async (side) => {
      if (kept?.side !== side) {
        // dropped before the next is decoded: two large rasters at once waste memory
        kept = null;
        kept = { side, raster: litUp(await rasterOf(bytes, side)) };
      }
      return kept.raster;
    },
  };
}

function litUp(raster: Raster): Raster {
  const bright = percentile98(raster);
  if (bright >= LIT) return raster;
  const gain = Math.min(MOST_GAIN, LIT / Math.max(bright, 1));
  for (let at = 0; at < raster.data.length; at++) raster.data[at] = Math.min(255, raster.data[at]! * gain);
  return raster;
}

function percentile98({ data }: Raster): number {
  const counts = new Uint32Array(256);
  let total = 0;
  // the green of every seventh pixel is representative
  for (let at = 1; at < data.length; at += 21) {
    counts[data[at]!]!++;
    total++;
  }
  let above = 0;
  for (let value = 255; value > 0; value--) {
    above += counts[value]!;
    if (above > total * 0.02) return value;
  }
  return 0;
}
