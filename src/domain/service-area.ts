import type { Position } from "./position.ts";

/** A closed outline on the map, in degrees; the last point joins the first. */
export type Outline = readonly (readonly [lat: number, lng: number])[];

/** Within which every position of a city without an outline of its own must lie: the mainland's box. */
const CHINA: Outline = [
  [18, 73],
  [54, 73],
  [54, 136],
  [18, 136],
];

/** True inside the outline: a ray to the north crosses its edges an odd number of times. */
export function isInside({ lat, lng }: Pick<Position, "lat" | "lng">, outline: Outline = CHINA): boolean {
  let inside = false;
  let before = outline.at(-1);
  for (const point of outline) {
    if (before && point[1] > lng !== before[1] > lng) {
      const crossing = point[0] + ((lng - point[1]) / (before[1] - point[1])) * (before[0] - point[0]);
      if (lat < crossing) inside = !inside;
    }
    before = point;
  }
  return inside;
}
