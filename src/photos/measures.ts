import type { PhotoMeasures } from "../domain/photo.ts";

/** One byte per pixel. */
export interface Grey {
  data: Uint8Array;
  width: number;
  height: number;
}

export type Light = Pick<PhotoMeasures, "brightness" | "highlights" | "blackPermille" | "whitePermille">;

const BLACK = 16;
const WHITE = 250;

/** Luminance (BT.601 on sRGB) of pixels with one channel or three. */
export function greyOf(pixels: Uint8Array, channels: number): Uint8Array {
  if (channels === 1) return pixels;
  const grey = new Uint8Array(pixels.length / channels);
  for (let at = 0, from = 0; at < grey.length; at++, from += channels)
    grey[at] = (pixels[from]! * 77 + pixels[from + 1]! * 150 + pixels[from + 2]! * 29 + 128) >> 8;
  return grey;
}

/** Variance of the four-neighbour Laplacian, large for sharp edges whatever the subject. */
export function sharpnessOf({ data, width, height }: Grey): number {
  let [sum, squares] = [0, 0];
  const count = (width - 2) * (height - 2);
  if (count <= 0) return 0;
  for (let y = 1; y < height - 1; y++) {
    for (let at = y * width + 1, end = at + width - 2; at < end; at++) {
      const edge = data[at - width]! + data[at + width]! + data[at - 1]! + data[at + 1]! - 4 * data[at]!;
      sum += edge;
      squares += edge * edge;
    }
  }
  return Math.round(squares / count - (sum / count) ** 2);
}

export function lightOf({ data }: Grey): Light {
  const counts = new Uint32Array(256);
  for (let at = 0; at < data.length; at++) counts[data[at]!]!++;
  let [sum, black, white, highlights, above] = [0, 0, 0, 0, 0];
  for (let value = 255; value >= 0; value--) {
    const count = counts[value]!;
    sum += count * value;
    if (value < BLACK) black += count;
    if (value > WHITE) white += count;
    above += count;
    if (highlights === 0 && above * 50 >= data.length) highlights = value;
  }
  const permille = (count: number) => Math.round((count * 1000) / data.length);
  return {
    brightness: Math.round(sum / data.length),
    highlights,
    blackPermille: permille(black),
    whitePermille: permille(white),
  };
}
