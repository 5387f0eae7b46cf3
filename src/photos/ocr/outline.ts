import { at, type Point, type Quad, sizeOf } from "./geometry.ts";

interface Line {
  point: Point;
  direction: Point;
}

/**
 * Share of the rectangle's area that a quadrilateral must keep to be trusted: no plate is photographed at an
 * angle that loses more.
 */
const LEAST_SHARE = 0.6;

/**
 * Returns the four corners of a line of text seen at an angle: the intersections of the hull's edges nearest
 * to the middles of its rectangle's sides. The rectangle itself when they make no sense.
 */
export function outlineOf(hull: readonly Point[], rectangle: Quad): Quad {
  const middle = at(rectangle, 0.5, 0.5);
  const sides = [at(rectangle, 0.5, 0), at(rectangle, 1, 0.5), at(rectangle, 0.5, 1), at(rectangle, 0, 0.5)];
  const lines = sides.map((side) => edgeBetween(hull, middle, side));
  const [top, right, bottom, left] = lines;
  if (!top || !right || !bottom || !left) return rectangle;
  const [a, b, c, d] = [meeting(top, left), meeting(top, right), meeting(bottom, right), meeting(bottom, left)];
  if (!a || !b || !c || !d) return rectangle;
  const corners: Quad = [a, b, c, d];
  const whole = sizeOf(rectangle).width * sizeOf(rectangle).height;
  const area = areaOf(corners);
  return area > whole * LEAST_SHARE && area < whole / LEAST_SHARE ? corners : rectangle;
}

/** Returns the hull's edge crossed on the way from its centre to the middle of a side. */
function edgeBetween(hull: readonly Point[], middle: Point, side: Point): Line | null {
  const ray = { x: side.x - middle.x, y: side.y - middle.y };
  for (const [index, point] of hull.entries()) {
    const next = hull[(index + 1) % hull.length]!;
    const direction = { x: next.x - point.x, y: next.y - point.y };
    const across = cross(ray, direction);
    if (Math.abs(across) < 1e-9) continue;
    const from = { x: point.x - middle.x, y: point.y - middle.y };
    const alongRay = cross(from, direction) / across;
    const alongEdge = cross(from, ray) / across;
    if (alongRay > 0 && alongEdge >= 0 && alongEdge <= 1) return { point, direction };
  }
  return null;
}

function meeting(a: Line, b: Line): Point | null {
  const across = cross(a.direction, b.direction);
  if (Math.abs(across) < 1e-9) return null;
  const share = cross({ x: b.point.x - a.point.x, y: b.point.y - a.point.y }, b.direction) / across;
  return { x: a.point.x + a.direction.x * share, y: a.point.y + a.direction.y * share };
}

const cross = (a: Point, b: Point) => a.x * b.y - a.y * b.x;

/** Shoelace formula; negative for corners in the wrong direction. */
function areaOf(quad: Quad): number {
  return quad.reduce((sum, point, index) => sum + cross(point, quad[(index + 1) % 4]!), 0) / 2;
}
