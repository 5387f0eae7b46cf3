import { LETTERS, type Letter } from "./letter.ts";
import type { Position } from "./position.ts";
import { isInside, type Outline } from "./service-area.ts";

/** A district of the city, to whose officers a case belongs (config/districts.yaml). */
export interface District {
  code: string;
  zh: string;
  en: string;
  /** each polygon: its outline, then its holes; none: the district is only chosen by hand */
  polygons: readonly (readonly Outline[])[];
}

type Positions = Record<Letter, Position | null>;

export const findDistrict = (districts: readonly District[], code: string | null): District | undefined =>
  districts.find((one) => one.code === code);

/** A point on a border that two districts share lies in one of them: `isInside` takes half of each edge. */
const contains = ({ polygons }: District, position: Position): boolean =>
  polygons.some((rings) => rings.filter((ring) => isInside(position, ring)).length % 2 === 1);

/** Code of the district in which driver A's phone was, else driver B's; null: neither lies in one. */
export function districtAt(positions: Positions, districts: readonly District[]): string | null {
  for (const letter of LETTERS) {
    const position = positions[letter];
    const found = position && districts.find((district) => contains(district, position));
    if (found) return found.code;
  }
  return null;
}

/**
 * The district of a case after its positions have changed: where the new ones say nothing, one that was
 * chosen by hand stays, and one that came from the old positions goes.
 */
export function districtAfter(
  before: { district: string | null; scene: { positions: Positions } },
  positions: Positions,
  districts: readonly District[],
): string | null {
  const wasChosen = districtAt(before.scene.positions, districts) === null;
  return districtAt(positions, districts) ?? (wasChosen ? before.district : null);
}
