import { PAGE } from "../../src/documents/paper.ts";
import type { Bitmap } from "../../src/documents/png.ts";

/** Pixels to the point. */
export const SCALE = 1.5;

export interface Region {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Pixels in the region (in points) that are not nearly white. */
export function inkIn({ width, height, rgb }: Bitmap, region: Region): number {
  const [left, right] = [Math.max(0, region.left * SCALE), Math.min(width, region.right * SCALE)];
  let ink = 0;
  for (let y = Math.max(0, Math.ceil(region.top * SCALE)); y < Math.min(height, region.bottom * SCALE); y++) {
    for (let x = Math.ceil(left); x < right; x++) {
      const at = (y * width + x) * 3;
      if (rgb[at]! < 190 || rgb[at + 1]! < 190 || rgb[at + 2]! < 190) ink++;
    }
  }
  return ink;
}

export const WHOLE: Region = { left: 0, right: PAGE.width, top: 0, bottom: PAGE.height };
/** … on all pages. */
export const inkOf = (pages: Bitmap[]) => pages.reduce((sum, page) => sum + inkIn(page, WHOLE), 0);
