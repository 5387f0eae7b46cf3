import type { Grey } from "./measures.ts";
import type { CameraData } from "./taken.ts";

export interface Source {
  format: string;
  /** of the original, upright */
  width: number;
  height: number;
  camera: CameraData;
}

/** Short sides of phone screens, in pixels. */
const SCREEN_SIDES = new Set([
  640, 720, 750, 828, 1080, 1125, 1170, 1179, 1200, 1206, 1216, 1220, 1224, 1240, 1242, 1256, 1260, 1264, 1280, 1284,
  1290, 1312, 1320, 1368, 1440,
]);
/** From 16:9 to the longest phones; photographs are 4:3 and 3:2, video frames 16:9. */
const LEAST_RATIO = 1.77;
const MOST_RATIO = 2.4;
/** Rows of a single colour, in thousandths of all: pages have them between lines, photographs do not. */
const PLAIN_ROWS = 150;
/** Black rows prove nothing: a night sky has them, too. */
const DARKEST_PLAIN = 24;
const SAME = 2;

/**
 * True only when it is certain: by the file's own description, or a screen's size without a camera and the
 * plain rows of pages.
 */
export function isScreenshot({ format, width, height, camera }: Source, grey: Grey): boolean {
  if (camera.saysScreenshot) return true;
  const ratio = Math.max(width, height) / Math.min(width, height);
  if (camera.hasCamera || ratio < LEAST_RATIO || ratio > MOST_RATIO) return false;
  const isScreenSize = SCREEN_SIDES.has(Math.min(width, height));
  // no camera writes PNG
  if (format === "png" && isScreenSize) return true;
  return plainRowsPermille(grey) >= PLAIN_ROWS;
}

function plainRowsPermille({ data, width, height }: Grey): number {
  let plain = 0;
  for (let y = 0; y < height; y++) {
    const first = data[y * width]!;
    let at = y * width;
    const end = at + width;
    if (first < DARKEST_PLAIN) continue;
    while (at < end && Math.abs(data[at]! - first) <= SAME) at++;
    if (at === end) plain++;
  }
  return Math.round((plain * 1000) / height);
}
