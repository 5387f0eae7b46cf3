import sharp from "sharp";
import type { Point, Quad } from "../../../src/photos/ocr/geometry.ts";
import type { Raster } from "../../../src/photos/ocr/raster.ts";
import { mount } from "./mount.ts";
import { covered, paintPlate } from "./paint.ts";
import { PAINTED_KINDS, type PaintedKind } from "./plate-kinds.ts";
import { type Random, randomFrom } from "./random.ts";

export interface PaintedScene {
  name: string;
  plate: string;
  bytes: Buffer;
}

/** Where the plate goes in a photograph, and its size, in pixels of that raster. */
export interface Ground {
  raster: Raster;
  middle: Point;
  plateWidth: number;
  light: number;
}

/**
 * A plate of the kind on a ground, seen at an angle, then out of focus, grainy, and compressed; with `hidden`
 * that character of it is covered.
 */
export async function paintScene(
  kind: PaintedKind,
  seed: number,
  ground: Ground | null,
  hidden?: number,
): Promise<PaintedScene> {
  const random = randomFrom(seed * 7919 + PAINTED_KINDS.indexOf(kind));
  const plate = kind.number(random);
  const place = ground ?? drawnGround(random);
  const picture: Raster = { ...place.raster, data: Uint8Array.from(place.raster.data) };
  const width = place.plateWidth * random.between(0.9, 1.15);
  const corners = anyCorners(place.middle, { width, height: (width * kind.height) / kind.width }, random);
  const painted = await paintPlate(kind, plate);
  const sheet = hidden === undefined ? painted : covered(painted, kind, { text: plate, index: hidden });
  mount(picture, sheet, { corners, light: place.light * random.between(0.75, 1.05) });
  addGrain(picture.data, random.between(1, 8), random);
  const bytes = await sharp(picture.data, { raw: { width: picture.width, height: picture.height, channels: 3 } })
    .blur(random.between(0.4, 0.4 + width / 220))
    .jpeg({ quality: Math.round(random.between(45, 92)) })
    .toBuffer();
  return { name: `${kind.name}-${seed}`, plate, bytes };
}

/** The same for the three colours of a pixel: a sensor's noise is mostly one of light. */
function addGrain(data: Uint8Array, deviation: number, random: Random): void {
  for (let pixel = 0; pixel < data.length; pixel += 3) {
    const grain = random.normal() * deviation;
    for (let at = pixel; at < pixel + 3; at++) data[at] = Math.max(0, Math.min(255, data[at]! + grain));
  }
}

/** Turned, leaning and foreshortened, as one holds a phone. */
function anyCorners(middle: Point, size: { width: number; height: number }, random: Random): Quad {
  const turn = random.normal() * 0.06;
  const lean = random.normal() * 0.08;
  const [fore, tip] = [random.normal() * 0.1, random.normal() * 0.04];
  const corner = (u: number, v: number): Point => {
    const depth = 1 + fore * u + tip * v;
    const x = ((u * size.width) / depth) * (1 - Math.abs(fore)) - lean * v * size.height;
    const y = (v * size.height) / depth;
    return {
      x: middle.x + x * Math.cos(turn) - y * Math.sin(turn),
      y: middle.y + x * Math.sin(turn) + y * Math.cos(turn),
    };
  };
  return [corner(-0.5, -0.5), corner(0.5, -0.5), corner(0.5, 0.5), corner(-0.5, 0.5)];
}

/** A car's end before a road: body, window, lamps, grille, bumper. */
function drawnGround(random: Random): Ground {
  const [width, height] = [1200, 900];
  const raster: Raster = { data: new Uint8Array(width * height * 3), width, height };
  const day = random.between(0.45, 1);
  const shade = (red: number, green: number, blue: number) => [red * day, green * day, blue * day] as const;
  const body = shade(random.between(30, 230), random.between(30, 230), random.between(30, 230));
  fill(raster, [0, 0, width, 420], shade(150, 165, 180));
  fill(raster, [0, 420, width, height], shade(95, 95, 98));
  fill(raster, [200, 180, 1000, 720], body);
  fill(raster, [300, 210, 900, 360], shade(40, 48, 55));
  for (const x of [230, 850]) fill(raster, [x, 420, x + 120, 480], shade(220, 60, 50));
  for (let y = 400; y < 470; y += 14) fill(raster, [420, y, 780, y + 6], shade(60, 60, 60));
  fill(raster, [180, 650, 1020, 760], shade(50, 50, 52));
  const plateWidth = random.between(130, 330);
  return { raster, middle: { x: random.between(500, 700), y: random.between(560, 600) }, plateWidth, light: day };
}

function fill({ data, width }: Raster, box: readonly number[], colour: readonly number[]): void {
  const [left, top, right, bottom] = box as [number, number, number, number];
  // a shade of its own for every row and column: no surface on the road is even
  const across = Float64Array.from({ length: right - left }, (_, x) => 0.04 * Math.sin((left + x) / 37));
  for (let y = top; y < bottom; y++) {
    const row = 1 + 0.04 * Math.sin(y / 23);
    for (let x = left; x < right; x++) {
      const to = (y * width + x) * 3;
      const uneven = row + across[x - left]!;
      data[to] = colour[0]! * uneven;
      data[to + 1] = colour[1]! * uneven;
      data[to + 2] = colour[2]! * uneven;
    }
  }
}
