export interface Point {
  x: number;
  y: number;
}

/** Top left, top right, bottom right, bottom left in reading direction. */
export type Quad = readonly [Point, Point, Point, Point];

export const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

/** Moves each corner. */
export const mapped = ([a, b, c, d]: Quad, move: (corner: Point) => Point): Quad => [
  move(a),
  move(b),
  move(c),
  move(d),
];

export const scaled = (quad: Quad, x: number, y: number): Quad => mapped(quad, (p) => ({ x: p.x * x, y: p.y * y }));

/** Mean length of the sides along the text, and across it. */
export function sizeOf([a, b, c, d]: Quad): { width: number; height: number } {
  return { width: (distance(a, b) + distance(d, c)) / 2, height: (distance(a, d) + distance(b, c)) / 2 };
}

/** Grows (shrinks when negative) on all sides by this many pixels along the text and across it. */
export function grown(quad: Quad, along: number, across: number): Quad {
  const { width, height } = sizeOf(quad);
  const u = along / Math.max(width, 1);
  const v = across / Math.max(height, 1);
  return [at(quad, -u, -v), at(quad, 1 + u, -v), at(quad, 1 + u, 1 + v), at(quad, -u, 1 + v)];
}

/** Returns the point at share `u` along and `v` across; 0 and 1 are the edges. */
export function at([a, b, c, d]: Quad, u: number, v: number): Point {
  const mix = (key: "x" | "y") => (1 - v) * ((1 - u) * a[key] + u * b[key]) + v * ((1 - u) * d[key] + u * c[key]);
  return { x: mix("x"), y: mix("y") };
}

/** Convex hull by Andrew's monotone chain; points must be sorted by x, then y. */
export function hullOf(sorted: readonly Point[]): Point[] {
  if (sorted.length < 3) return [...sorted];
  const half = (points: readonly Point[]) => {
    const chain: Point[] = [];
    for (const point of points) {
      while (chain.length > 1 && cross(chain.at(-2)!, chain.at(-1)!, point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half([...sorted].reverse())];
}

const cross = (o: Point, a: Point, b: Point) => (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);

/**
 * Returns the rectangle of least area around a hull: one of its sides lies on an edge of the hull. The text
 * is assumed to run along the side nearest to horizontal.
 */
export function leastRectangle(hull: readonly Point[]): Quad {
  let best = { area: Number.POSITIVE_INFINITY, quad: boundsAlong(hull, 0) };
  hull.forEach((point, index) => {
    const next = hull[(index + 1) % hull.length]!;
    const angle = levelled(Math.atan2(next.y - point.y, next.x - point.x));
    const quad = boundsAlong(hull, angle);
    const { width, height } = sizeOf(quad);
    if (width * height < best.area - 1e-6) best = { area: width * height, quad };
  });
  return best.quad;
}

/** Returns the direction of a rectangle that is within 45° of horizontal. */
function levelled(angle: number): number {
  const quarter = Math.PI / 2;
  return angle - Math.round(angle / quarter) * quarter;
}

function boundsAlong(points: readonly Point[], angle: number): Quad {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const us = points.map((p) => p.x * cos + p.y * sin);
  const vs = points.map((p) => p.y * cos - p.x * sin);
  const [left, right, top, bottom] = [Math.min(...us), Math.max(...us), Math.min(...vs), Math.max(...vs)];
  const back = (u: number, v: number): Point => ({ x: u * cos - v * sin, y: u * sin + v * cos });
  return [back(left, top), back(right, top), back(right, bottom), back(left, bottom)];
}
