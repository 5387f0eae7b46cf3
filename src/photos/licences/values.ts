import type { Piece } from "./find-labels.ts";
import type { Label } from "./labels.ts";
import type { Line } from "./sheet.ts";

export interface Value {
  text: string;
  /** of its least certain part */
  probability: number;
}

/** How far below a label its value may be, in heights of the label: electronic licences print it there. */
const BELOW = 3;

/**
 * Lists candidates for a label's value, the likeliest first: the text to its right up to the next label,
 * piece by piece and then joined; else the text below it.
 */
export function valuesBeside(field: Label["field"], pieces: readonly Piece[]): Value[] {
  const labels = pieces.filter(({ label }) => label?.field === field);
  // the Chinese label is on the line of its value, the English one below
  const anchors = [...labels.filter(({ isEnglish }) => !isEnglish), ...labels.filter(({ isEnglish }) => isEnglish)];
  return anchors.flatMap((anchor) => {
    const box = anchor.isEnglish ? raised(anchor.line) : anchor.line;
    const right = rightOf(box, pieces, anchor);
    return right.length > 0 ? joinedStepwise(right) : below(anchor.line, pieces).map(valueIn);
  });
}

const valueIn = ({ text, probability }: Line): Value => ({ text: text.trim(), probability });

/** Returns A, A B, A B C: the detector splits widely spaced text. */
function joinedStepwise(lines: readonly Line[]): Value[] {
  return lines.map((_, last) => ({
    text: lines
      .slice(0, last + 1)
      .map(({ text }) => text.trim())
      .join(" "),
    probability: Math.min(...lines.slice(0, last + 1).map(({ probability }) => probability)),
  }));
}

/** An English label is half as high as the Chinese one above it. */
const raised = (line: Line): Line => ({ ...line, y: line.y - line.height * 1.2, height: line.height * 1.6 });

const middle = ({ y, height }: Line) => y + height / 2;
const isLevel = (a: Line, b: Line) => Math.abs(middle(a) - middle(b)) < 0.7 * Math.max(a.height, b.height);

/**
 * Goes from neighbour to neighbour: in a picture taken from the side a row rises or falls, so that its end is
 * not level with its beginning.
 */
function rightOf(box: Line, pieces: readonly Piece[], anchor: Piece): Line[] {
  const candidates = pieces
    .filter((piece) => piece !== anchor && !piece.isEnglish)
    .filter(({ line }) => line.x + line.width / 2 > box.x + box.width && line.x > box.x + box.width / 2)
    .sort((a, b) => a.line.x - b.line.x);
  const row: Line[] = [];
  for (const { label, line } of candidates) {
    if (!isLevel(row.at(-1) ?? box, line)) continue;
    if (label !== null && label.field !== anchor.label?.field) break;
    if (label === null) row.push(line);
  }
  return row;
}

function below(box: Line, pieces: readonly Piece[]): Line[] {
  return pieces
    .filter(({ label, line }) => {
      const down = middle(line) - middle(box);
      const overlap = Math.min(line.x + line.width, box.x + box.width) - Math.max(line.x, box.x);
      return label === null && down > 0.7 * box.height && down < BELOW * box.height && overlap > 0;
    })
    .sort((a, b) => a.line.y - b.line.y)
    .map(({ line }) => line)
    .slice(0, 1);
}
