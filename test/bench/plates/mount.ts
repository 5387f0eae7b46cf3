import type { Point, Quad } from "../../../src/photos/ocr/geometry.ts";
import type { Raster } from "../../../src/photos/ocr/raster.ts";
import { straighten } from "../../../src/photos/ocr/warp.ts";

/** Draws a plate into a picture so that its corners lie on `corners`; `light` multiplies its pixels. */
export function mount(picture: Raster, plate: Raster, to: { corners: Quad; light: number }): void {
  const { corners, light } = to;
  const left = Math.max(0, Math.floor(Math.min(...corners.map((p) => p.x))));
  const top = Math.max(0, Math.floor(Math.min(...corners.map((p) => p.y))));
  const right = Math.min(picture.width, Math.ceil(Math.max(...corners.map((p) => p.x))));
  const bottom = Math.min(picture.height, Math.ceil(Math.max(...corners.map((p) => p.y))));
  if (right <= left || bottom <= top) return;
  const size = { width: right - left, height: bottom - top };
  const back = mapping(corners, rectangle(0, 0, plate.width, plate.height));
  const source = rectangle(left, top, right, bottom).map(back) as unknown as Quad;
  const drawn = straighten(plate, source, size);
  const cover = straighten(coverOf(plate), source, size);
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const from = (y * size.width + x) * 3;
      const at = ((top + y) * picture.width + left + x) * 3;
      const share = cover.data[from]! / 255;
      for (let channel = 0; channel < 3; channel++) {
        const lit = Math.min(255, drawn.data[from + channel]! * light);
        picture.data[at + channel] = picture.data[at + channel]! * (1 - share) + lit * share;
      }
    }
  }
}

const rectangle = (left: number, top: number, right: number, bottom: number): Quad => [
  { x: left, y: top },
  { x: right, y: top },
  { x: right, y: bottom },
  { x: left, y: bottom },
];

/** White with a black rim: outside of the plate the rim is repeated. */
function coverOf({ width, height }: Raster): Raster {
  const data = new Uint8Array(width * height * 3);
  for (let y = 1; y < height - 1; y++) data.fill(255, (y * width + 1) * 3, (y * width + width - 1) * 3);
  return { data, width, height };
}

/** The projective mapping that takes four points to four others. */
export function mapping(from: Quad, to: Quad): (point: Point) => Point {
  const rows = from.flatMap(({ x, y }, index) => {
    const target = to[index]!;
    return [
      [x, y, 1, 0, 0, 0, -target.x * x, -target.x * y, target.x],
      [0, 0, 0, x, y, 1, -target.y * x, -target.y * y, target.y],
    ];
  });
  const [a, b, c, d, e, f, g, h] = solved(rows) as [number, number, number, number, number, number, number, number];
  return ({ x, y }) => {
    const w = g * x + h * y + 1;
    return { x: (a * x + b * y + c) / w, y: (d * x + e * y + f) / w };
  };
}

/** Gauss–Jordan with pivots; each row is its coefficients and the right-hand side. */
function solved(rows: number[][]): number[] {
  const count = rows.length;
  for (let column = 0; column < count; column++) {
    let pivot = column;
    for (let row = column; row < count; row++) {
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const lead = rows[column]!;
    const scale = lead[column]!;
    for (let at = column; at <= count; at++) lead[at]! /= scale;
    for (const row of rows) {
      if (row === lead) continue;
      const share = row[column]!;
      for (let at = column; at <= count; at++) row[at]! -= share * lead[at]!;
    }
  }
  return rows.map((row) => row[count]!);
}
