import type { TextLine } from "../ocr/read-text.ts";

/** A line of text after the document has been levelled: a horizontal box in pixels. */
export interface Line {
  text: string;
  /** of the recogniser, 0 to 1 */
  probability: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Minimal aspect ratio of lines whose direction is reliable. */
const LONG = 3;

/**
 * Levels the lines as if the document had been photographed straight, by the direction of most of the text.
 */
export function layStraight(lines: readonly TextLine[]): Line[] {
  const angle = directionOf(lines);
  const [cos, sin] = [Math.cos(-angle), Math.sin(-angle)];
  return lines.map(({ text, probability, corners }) => {
    const xs = corners.map(({ x, y }) => x * cos - y * sin);
    const ys = corners.map(({ x, y }) => x * sin + y * cos);
    const [x, y] = [Math.min(...xs), Math.min(...ys)];
    return { text, probability, x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
  });
}

/** In radians, 0 for horizontal text; the mean direction weighted by length. */
function directionOf(lines: readonly TextLine[]): number {
  const sides = lines.map(({ corners: [a, b, , d] }) => ({
    dx: b.x - a.x,
    dy: b.y - a.y,
    height: Math.hypot(d.x - a.x, d.y - a.y),
  }));
  const long = sides.filter(({ dx, dy, height }) => Math.hypot(dx, dy) > LONG * height);
  const heard = long.length > 0 ? long : sides;
  const total = heard.reduce((sum, { dx, dy }) => ({ dx: sum.dx + dx, dy: sum.dy + dy }), { dx: 0, dy: 0 });
  return Math.atan2(total.dy, total.dx);
}

/**
 * Returns part of a line between two characters (`end` excluded): Chinese characters are twice as wide as
 * others.
 */
export function partOf(line: Line, start: number, end: number): Line {
  const characters = [...line.text];
  const widthOf = (from: number, to: number) =>
    characters.slice(from, to).reduce((sum, character) => sum + (/[\u2e80-\uffef]/.test(character) ? 2 : 1.1), 0);
  const unit = line.width / Math.max(widthOf(0, characters.length), 1);
  return {
    ...line,
    text: characters.slice(start, end).join(""),
    x: line.x + widthOf(0, start) * unit,
    width: widthOf(start, end) * unit,
  };
}
