import type { Point } from "./geometry.ts";

/** A connected region of a map above the threshold. */
export interface Patch {
  /** the outermost pixels of each row, sorted by x, then y: enough for its hull */
  rim: Point[];
  pixels: number;
}

export interface ProbabilityMap {
  values: Float32Array;
  width: number;
  height: number;
}

/** Finds regions of at least `leastPixels`, connected by side or corner. */
export function patchesOf(map: ProbabilityMap, threshold: number, leastPixels: number): Patch[] {
  const seen = new Uint8Array(map.values.length);
  const patches: Patch[] = [];
  const { values } = map;
  for (let start = 0; start < values.length; start++) {
    if (values[start]! <= threshold || seen[start]) continue;
    const pixels = fill(map, { seen, start, threshold });
    if (pixels.length >= leastPixels) patches.push({ rim: rimOf(pixels, map.width), pixels: pixels.length });
  }
  return patches;
}

function fill(map: ProbabilityMap, from: { seen: Uint8Array; start: number; threshold: number }): number[] {
  const { values, width, height } = map;
  const { seen, start, threshold } = from;
  const pixels = [start];
  seen[start] = 1;
  for (let done = 0; done < pixels.length; done++) {
    const x = pixels[done]! % width;
    const y = (pixels[done]! - x) / width;
    for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
      for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
        const next = ny * width + nx;
        if (seen[next] || values[next]! <= threshold) continue;
        seen[next] = 1;
        pixels.push(next);
      }
    }
  }
  return pixels;
}

function rimOf(pixels: readonly number[], width: number): Point[] {
  const rows = new Map<number, { left: number; right: number }>();
  for (const pixel of pixels) {
    const x = pixel % width;
    const y = (pixel - x) / width;
    const row = rows.get(y);
    if (!row) rows.set(y, { left: x, right: x });
    else if (x < row.left) row.left = x;
    else if (x > row.right) row.right = x;
  }
  const rim: Point[] = [];
  // a pixel is a square: both its edges belong to the hull
  for (const [y, { left, right }] of rows) {
    rim.push({ x: left, y }, { x: right + 1, y }, { x: left, y: y + 1 }, { x: right + 1, y: y + 1 });
  }
  return rim.sort((a, b) => a.x - b.x || a.y - b.y);
}
