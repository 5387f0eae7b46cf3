import { at, distance, type Point, type Quad, sizeOf } from "../ocr/geometry.ts";

/** Rows of text of a possible plate, the upper first, in pixels of the raster. */
export type Rows = readonly [Quad] | readonly [Quad, Quad];

/** Plates of 440 × 140 and 480 × 140 mm, also seen from the side, and boxes around two rows. */
const LEAST_ASPECT = 1.4;
const MOST_ASPECT = 9;
const LEAST_WIDTH = 24;

export const isPlateShaped = (corners: Quad): boolean => {
  const { width, height } = sizeOf(corners);
  return width >= LEAST_WIDTH && width > height * LEAST_ASPECT && width < height * MOST_ASPECT;
};

/** Sideways share of a long side below which its text may run up as well as down. */
const UPRIGHT = 0.35;

/**
 * The ways to read a tall box, the plate of a car or a phone at a steep tilt: along its longer sides, from
 * the left.
 */
export function tilted(corners: Quad): Quad[] {
  const [a, b, c, d] = corners;
  const down: Quad = [b, c, d, a];
  const up: Quad = [d, a, b, c];
  const sideways = (c.x - b.x) / Math.max(1, distance(b, c));
  if (Math.abs(sideways) < UPRIGHT) return [down, up];
  return sideways > 0 ? [down] : [up];
}

/** Where GA 36-2018 puts province and letter above the serial: centred, 60 of 110 mm high. */
const UPPER = { left: 0.17, right: 0.83, top: -0.68, bottom: -0.02 };

/** Returns both rows when only the lower was found. */
export function rowsAbove(serial: Quad): Rows {
  const { left, right, top, bottom } = UPPER;
  return [part(serial, { left, right, top, bottom }), serial];
}

/** Splits a box that holds both rows. */
export function rowsWithin(whole: Quad): Rows {
  const upper = part(whole, { left: 0.15, right: 0.85, top: 0, bottom: 0.38 });
  return [upper, part(whole, { left: 0, right: 1, top: 0.36, bottom: 1 })];
}

/** Returns the box just above, centred over it and shorter, or null. */
export function boxAbove(serial: Quad, boxes: readonly Quad[]): Quad | null {
  const { width, height } = sizeOf(serial);
  const [foot, top] = [middleOf(serial), at(serial, 0.5, 0)];
  const near = boxes.filter((box) => {
    const size = sizeOf(box);
    const bottom = at(box, 0.5, 1);
    const isOver = Math.abs(middleOf(box).x - foot.x) < width * 0.25 && middleOf(box).y < foot.y;
    const isNear = Math.hypot(bottom.x - top.x, bottom.y - top.y) < height * 0.6;
    return isOver && isNear && size.width < width && size.width > width * 0.25 && size.height < height;
  });
  return near[0] ?? null;
}

export const middleOf = (quad: Quad): Point => at(quad, 0.5, 0.5);

function part(quad: Quad, { left, right, top, bottom }: typeof UPPER): Quad {
  return [at(quad, left, top), at(quad, right, top), at(quad, right, bottom), at(quad, left, bottom)];
}

/** True for two boxes around one line. */
export function sameSpot(a: Quad, b: Quad): boolean {
  return distance(middleOf(a), middleOf(b)) < Math.max(sizeOf(a).height, sizeOf(b).height) * 0.8;
}
