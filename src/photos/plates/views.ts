import { at, grown, type Quad, sizeOf } from "../ocr/geometry.ts";
import { LINE_HEIGHT } from "../ocr/models.ts";
import type { Raster } from "../ocr/raster.ts";
import { straighten } from "../ocr/warp.ts";

/** A way to present a line to the recogniser. Its errors differ between views, correct readings do not. */
export interface View {
  grey?: boolean;
  /** horizontal stretch */
  stretch?: number;
  /** shift of the upper edge, as a share of the height */
  shear?: number;
  /** additional surroundings (negative: less), in shares of the height */
  along?: number;
  across?: number;
  /** without the padding of short lines: half the time, and enough to tell a plate from a badge */
  brief?: boolean;
}

/** Returns a quadrilateral as a strip 48 pixels high. */
export function stripOf(raster: Raster, corners: Quad, view: View): Raster {
  const { height } = sizeOf(corners);
  const shown = leaning(grown(corners, height * (view.along ?? 0), height * (view.across ?? 0)), view.shear ?? 0);
  const size = sizeOf(shown);
  const wanted = (size.width / Math.max(size.height, 1)) * LINE_HEIGHT * (view.stretch ?? 1);
  const strip = straighten(raster, shown, {
    width: Math.round(Math.min(480, Math.max(24, wanted))),
    height: LINE_HEIGHT,
  });
  return view.grey ? inGrey(strip) : strip;
}

function leaning(quad: Quad, shear: number): Quad {
  if (shear === 0) return quad;
  const { width, height } = sizeOf(quad);
  const shift = (shear * height) / Math.max(width, 1) / 2;
  return [at(quad, shift, 0), at(quad, 1 + shift, 0), at(quad, 1 - shift, 1), at(quad, -shift, 1)];
}

function inGrey({ data, width, height }: Raster): Raster {
  const grey = new Uint8Array(data.length);
  for (let from = 0; from < data.length; from += 3) {
    grey[from] = 0.299 * data[from]! + 0.587 * data[from + 1]! + 0.114 * data[from + 2]!;
    grey[from + 2] = grey[from + 1] = grey[from]!;
  }
  return { data: grey, width, height };
}
