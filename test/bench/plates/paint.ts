import { fileURLToPath } from "node:url";
import sharp from "sharp";
import type { Raster } from "../../../src/photos/ocr/raster.ts";
import type { PaintedKind } from "./plate-kinds.ts";

/** pixels for a millimetre */
const SCALE = 2;
const FONT = fileURLToPath(import.meta.resolve("@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf"));

interface Place {
  character: string;
  /** millimetres */
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A clean plate seen from the front. */
export async function paintPlate(kind: PaintedKind, plate: string): Promise<Raster> {
  const [width, height] = [kind.width * SCALE, kind.height * SCALE];
  const raster: Raster = { data: new Uint8Array(width * height * 3), width, height };
  fillGround(raster, kind);
  for (const place of placesOf(kind, plate)) {
    const ink = kind.red?.includes(place.character) ? ([200, 20, 20] as const) : kind.ink;
    const box = { width: Math.round(place.width * SCALE), height: Math.round(place.height * SCALE) };
    const mask = await glyph(place.character, box);
    stamp(raster, { mask, ...box, left: Math.round(place.x * SCALE), top: Math.round(place.y * SCALE), ink });
  }
  return raster;
}

/** The plate with one of its characters out of sight behind a finger, mud or a tow bar. */
export function covered(plate: Raster, kind: PaintedKind, { text, index }: { text: string; index: number }): Raster {
  const { x, y, width, height } = placesOf(kind, text).filter(({ character }) => character !== "·")[index]!;
  const [left, right] = [Math.round((x - 4) * SCALE), Math.round((x + width + 4) * SCALE)];
  const data = Uint8Array.from(plate.data);
  for (let row = Math.round((y - 8) * SCALE); row < (y + height + 8) * SCALE; row++) {
    data.fill(COVER, (row * plate.width + left) * 3, (row * plate.width + right) * 3);
  }
  return { ...plate, data };
}
const COVER = 96;

/**
 * One row: 45 × 90 mm, the dot after the second. Two rows: the province and its letter 80 × 60 above, the
 * serial 65 × 110 below.
 */
function placesOf(kind: PaintedKind, plate: string): Place[] {
  const characters = [...plate];
  if (kind.rows === 2) {
    const upper = characters.slice(0, 2).map((character, index) => {
      return { character, x: 110 + index * 140, y: 15, width: 80, height: 60 };
    });
    const lower = characters.slice(2).map((character, index) => {
      return { character, x: 27.5 + index * 80, y: 90, width: 65, height: 110 };
    });
    return [...upper, { character: "·", x: 215, y: 40, width: 10, height: 10 }, ...lower];
  }
  const wide = characters.length === 8;
  const places = characters.map((character, index) => {
    const x = 15.5 + index * (wide ? 54 : 57) + (index > 1 ? (wide ? 34 : 22) : 0);
    return { character, x, y: 25, width: wide && index > 1 ? 43 : 45, height: 90 };
  });
  return [...places, { character: "·", x: wide ? 134 : 126, y: 65, width: 10, height: 10 }];
}

function fillGround({ data, width, height }: Raster, { ground, head, ink }: PaintedKind): void {
  const [top, bottom] = ground;
  const rim = 3 * SCALE;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const edge = Math.min(x, y, width - 1 - x, height - 1 - y);
      const share = y / height;
      const isRim = edge >= rim && edge < rim * 2;
      for (let channel = 0; channel < 3; channel++) {
        const plain = top[channel]! * (1 - share) + bottom[channel]! * share;
        const sheet = head && x < width * 0.26 ? head[channel]! : plain;
        data[(y * width + x) * 3 + channel] = isRim ? ink[channel]! : sheet;
      }
    }
  }
}

const glyphs = new Map<string, Promise<Uint8Array>>();

/**
 * Coverage of each pixel of the box, 0 to 255; drawn as wide and high as the box, but 1 keeps its own width.
 */
function glyph(character: string, box: { width: number; height: number }): Promise<Uint8Array> {
  const key = `${character} ${box.width} ${box.height}`;
  const known = glyphs.get(key) ?? drawGlyph(character, box);
  glyphs.set(key, known);
  return known;
}

async function drawGlyph(character: string, { width, height }: { width: number; height: number }): Promise<Uint8Array> {
  if (character === "·") return disc(width, height);
  const drawn = await sharp({ text: { text: character, font: "Noto Sans SC Bold", fontfile: FONT, dpi: 600 } })
    .trim({ background: "black", threshold: 10 })
    .toColourspace("b-w")
    .png()
    .toBuffer({ resolveWithObject: true });
  const own = Math.round((drawn.info.width / drawn.info.height) * height * 0.75);
  const inner = character === "1" ? Math.min(width, own) : width;
  const left = Math.floor((width - inner) / 2);
  return await sharp(drawn.data)
    .resize(inner, height, { fit: "fill" })
    .extend({ left, right: width - inner - left, background: "black" })
    .toColourspace("b-w")
    .raw()
    .toBuffer();
}

function disc(width: number, height: number): Uint8Array {
  const radius = width / 2;
  return Uint8Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [(at % width) + 0.5 - radius, Math.floor(at / width) + 0.5 - height / 2];
    return Math.hypot(x, y) < radius ? 255 : 0;
  });
}

interface Stamp {
  mask: Uint8Array;
  width: number;
  height: number;
  left: number;
  top: number;
  ink: readonly number[];
}

function stamp({ data, width }: Raster, stamped: Stamp): void {
  for (let y = 0; y < stamped.height; y++) {
    for (let x = 0; x < stamped.width; x++) {
      const cover = stamped.mask[y * stamped.width + x]! / 255;
      const to = ((stamped.top + y) * width + stamped.left + x) * 3;
      for (let channel = 0; channel < 3; channel++) {
        data[to + channel] = data[to + channel]! * (1 - cover) + stamped.ink[channel]! * cover;
      }
    }
  }
}
