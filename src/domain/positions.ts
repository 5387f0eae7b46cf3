import { type Accident, type Letter, otherOf, type Position } from "./accident.ts";
import { isOver } from "./party.ts";

const EARTH_M = 6_371_000;

type Point = Pick<Position, "lat" | "lng">;

/** Great-circle distance in metres. */
export function metresBetween(a: Point, b: Point): number {
  const rad = (degrees: number) => (degrees * Math.PI) / 180;
  const half =
    Math.sin(rad(b.lat - a.lat) / 2) ** 2 +
    Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(rad(b.lng - a.lng) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** GCJ-02, the map's, and WGS-84, a phone's, differ by at most this in China; neither is converted. */
export const SHIFT_M = 700;
/** Two drivers of one accident stand nearer to each other. */
const APART_M = 1_000;

/** Metres between the two phones; null while one of them is unknown. */
export function metresApart({ A, B }: Record<Letter, Position | null>): number | null {
  return A && B ? Math.round(metresBetween(A, B)) : null;
}

/** True where the two phones cannot have been at one accident, each within what it says it knows. */
export function areApart({ A, B }: Record<Letter, Position | null>): boolean {
  const metres = metresApart({ A, B });
  if (metres === null || !A || !B) return false;
  const shift = A.crs === B.crs ? 0 : SHIFT_M;
  return metres > APART_M + shift + (A.accuracyM ?? 0) + (B.accuracyM ?? 0);
}

/** Both phones' positions from one driver's side. */
export interface ViewedPositions {
  mine: Position | null;
  theirs: Position | null;
  metresApart: number | null;
  areApart: boolean;
  /** it may be taken, and taken anew: the cars stand where they collided */
  mayTake: boolean;
}

export function viewedPositions(accident: Accident, letter: Letter): ViewedPositions {
  const { positions } = accident.scene;
  return {
    mine: positions[letter],
    theirs: positions[otherOf(letter)],
    metresApart: metresApart(positions),
    areApart: areApart(positions),
    mayTake: accident.movedAt === null && !isOver(accident),
  };
}
