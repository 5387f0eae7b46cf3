import { at, type Quad, sizeOf } from "../ocr/geometry.ts";
import type { Raster } from "../ocr/raster.ts";

/**
 * The ground of a number plate. `strange`: a clear colour that no Chinese plate has; `dark`: no clear colour,
 * as at night or under coloured light, but darker than its characters; `unknown`: neither.
 */
export type SheetColour = "blue" | "green" | "yellow" | "white" | "black" | "strange" | "dark" | "unknown";

type Counts = Record<Exclude<SheetColour, "dark">, number>;
const COLUMNS = 48;
const ROWS = 12;
/** of the samples within the letters' box: letters cover a third of it */
const CLEAR_SHARE = 0.45;
const CLEAR_LEAD = 2;
/**
 * Red, purple and the yellow-green of safety vests count only when they are as saturated as no cast of light
 * makes a plate.
 */
const STRANGE_SATURATION = 0.5;

/** Judges by a grid of samples within the letters' box. */
export function sheetColourOf(raster: Raster, corners: Quad): SheetColour {
  if (sizeOf(corners).width < 1) return "unknown";
  const greens = new Uint8Array(ROWS * COLUMNS);
  const counts: Counts = { blue: 0, green: 0, yellow: 0, white: 0, black: 0, strange: 0, unknown: 0 };
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      const { x, y } = at(corners, (column + 0.5) / COLUMNS, (row + 0.5) / ROWS);
      const px = Math.min(raster.width - 1, Math.max(0, Math.round(x)));
      const py = Math.min(raster.height - 1, Math.max(0, Math.round(y)));
      const from = (py * raster.width + px) * 3;
      greens[row * COLUMNS + column] = raster.data[from + 1]!;
      counts[colourOf(raster.data[from]!, raster.data[from + 1]!, raster.data[from + 2]!)]++;
    }
  }
  const colour = clearest(counts);
  return colour === "unknown" && isDark(greens) ? "dark" : colour;
}

/**
 * The ground is the larger part, so the median is one of its samples: what is far from it are the characters.
 */
function isDark(lights: Uint8Array): boolean {
  const sorted = lights.sort();
  const at = (share: number) => sorted[Math.floor(sorted.length * share)]!;
  return at(0.95) - at(0.5) > at(0.5) - at(0.05);
}

function clearest(counts: Counts): SheetColour {
  const { blue, green, yellow, strange, white, black } = counts;
  const hues = Object.entries({ blue, green, yellow, strange }).sort((a, b) => b[1] - a[1]) as [SheetColour, number][];
  const [first, second] = [hues[0]!, hues[1]!];
  const all = ROWS * COLUMNS;
  if (first[1] > CLEAR_SHARE * all && first[1] > CLEAR_LEAD * second[1]) return first[0];
  // letters are white or black themselves: the ground has more of it
  if (blue + green + yellow + strange > 0.2 * all) return "unknown";
  if (white > CLEAR_LEAD * black) return "white";
  return black > CLEAR_LEAD * white ? "black" : "unknown";
}

function colourOf(red: number, green: number, blue: number): keyof Counts {
  const most = Math.max(red, green, blue);
  const range = most - Math.min(red, green, blue);
  if (most < 60) return "black";
  if (range < 0.22 * most) return most > 140 ? "white" : most < 90 ? "black" : "unknown";
  const hue = hueOf({ red, green, blue, most, range });
  if (hue >= 195 && hue <= 265) return "blue";
  if (hue >= 105 && hue <= 165) return "green";
  if (hue >= 28 && hue <= 65) return "yellow";
  const isStrange = hue < 12 || hue > 280 || (hue > 65 && hue < 105);
  return isStrange && range > STRANGE_SATURATION * most ? "strange" : "unknown";
}

function hueOf(colour: { red: number; green: number; blue: number; most: number; range: number }): number {
  const { red, green, blue, most, range } = colour;
  if (most === red) return (60 * ((green - blue) / range) + 360) % 360;
  return most === green ? 60 * ((blue - red) / range) + 120 : 60 * ((red - green) / range) + 240;
}
