import { type Quad, sizeOf } from "./geometry.ts";
import type { Raster } from "./raster.ts";

/** More samples in each direction cost time and improve nothing. */
const MOST_SAMPLES = 5;

/** Draws the quadrilateral as an upright rectangle of this size; outside the picture its edge is repeated. */
export function straighten(raster: Raster, corners: Quad, size: { width: number; height: number }): Raster {
  const { width, height } = size;
  const data = new Uint8Array(width * height * 3);
  const map = perspective(corners, width, height);
  const from = sizeOf(corners);
  const across = samples(from.width / width);
  const down = samples(from.height / height);
  const sum = new Float64Array(3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      sum.fill(0);
      for (let j = 0; j < down; j++) {
        for (let i = 0; i < across; i++) {
          addSample(raster, { map, u: x + (i + 0.5) / across, v: y + (j + 0.5) / down }, sum);
        }
      }
      const to = (y * width + x) * 3;
      for (let channel = 0; channel < 3; channel++) data[to + channel] = sum[channel]! / (across * down) + 0.5;
    }
  }
  return { data, width, height };
}

const samples = (scale: number) => Math.min(MOST_SAMPLES, Math.max(1, Math.ceil(scale - 0.25)));

/** x = (m0·u + m1·v + m2) / (m6·u + m7·v + 1), y = (m3·u + m4·v + m5) / the same. */
type Perspective = readonly [number, number, number, number, number, number, number, number];

/** Heckbert's mapping of a rectangle to a quadrilateral. */
function perspective([a, b, c, d]: Quad, width: number, height: number): Perspective {
  const dx1 = b.x - c.x;
  const dx2 = d.x - c.x;
  const dy1 = b.y - c.y;
  const dy2 = d.y - c.y;
  const sx = a.x - b.x + c.x - d.x;
  const sy = a.y - b.y + c.y - d.y;
  const determinant = dx1 * dy2 - dx2 * dy1 || Number.EPSILON;
  const g = (sx * dy2 - dx2 * sy) / determinant;
  const h = (dx1 * sy - sx * dy1) / determinant;
  return [
    (b.x - a.x + g * b.x) / width,
    (d.x - a.x + h * d.x) / height,
    a.x,
    (b.y - a.y + g * b.y) / width,
    (d.y - a.y + h * d.y) / height,
    a.y,
    g / width,
    h / height,
  ];
}

function addSample(raster: Raster, at: { map: Perspective; u: number; v: number }, sum: Float64Array): void {
  const { map, u, v } = at;
  const w = map[6] * u + map[7] * v + 1;
  // a pixel's centre is half a pixel from its corner
  const x = Math.min(raster.width - 1, Math.max(0, (map[0] * u + map[1] * v + map[2]) / w - 0.5));
  const y = Math.min(raster.height - 1, Math.max(0, (map[3] * u + map[4] * v + map[5]) / w - 0.5));
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const right = x0 + 1 < raster.width ? 3 : 0;
  const below = y0 + 1 < raster.height ? raster.width * 3 : 0;
  const fx = x - x0;
  const fy = y - y0;
  const from = (y0 * raster.width + x0) * 3;
  const { data } = raster;
  for (let channel = 0; channel < 3; channel++) {
    const at = from + channel;
    const top = data[at]! * (1 - fx) + data[at + right]! * fx;
    const bottom = data[at + below]! * (1 - fx) + data[at + below + right]! * fx;
    sum[channel]! += top * (1 - fy) + bottom * fy;
  }
}
