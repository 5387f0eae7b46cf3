import { LABELS, type Label } from "./labels.ts";
import { type Line, partOf } from "./sheet.ts";

/** A piece of a line, split at its labels. */
export interface Piece {
  line: Line;
  /** null: other text, possibly a value */
  label: Label | null;
  isEnglish: boolean;
}

interface Span {
  label: Label;
  start: number;
  end: number;
  /** number of correct characters minus wrong ones */
  weight: number;
}

const isEnglish = (text: string) => /^[\x20-\x7e]+$/.test(text);

/** Splits lines into labels, including misread ones, and the text between. */
export function piecesOf(lines: readonly Line[]): Piece[] {
  return lines.flatMap((line) => cut(line, labelsIn([...line.text])));
}

function cut(line: Line, spans: readonly Span[]): Piece[] {
  const pieces: Piece[] = [];
  const text = (start: number, end: number) => {
    const part = partOf(line, start, end);
    if (/[\p{L}\p{N}]/u.test(part.text)) pieces.push({ line: part, label: null, isEnglish: false });
  };
  let at = 0;
  for (const { label, start, end } of spans) {
    text(at, start);
    pieces.push({ line: partOf(line, start, end), label, isEnglish: isEnglish(label.text) });
    at = end;
  }
  text(at, [...line.text].length);
  return pieces;
}

/**
 * Chooses labels that fit side by side, from left to right. "有效期" is part of "有效期限", and "领证日期"
 * resembles "发证日期": the one with more correct characters wins, then the longer.
 */
function labelsIn(characters: readonly string[]): Span[] {
  const found = LABELS.flatMap((label) => spanOf(characters, label) ?? []);
  found.sort((a, b) => b.weight - a.weight || b.end - b.start - (a.end - a.start));
  const taken: Span[] = [];
  for (const span of found)
    if (taken.every(({ start, end }) => span.end <= start || span.start >= end)) taken.push(span);
  return taken.sort((a, b) => a.start - b.start);
}

function spanOf(characters: readonly string[], label: Label): Span | null {
  const english = isEnglish(label.text);
  const fold = (text: string) => (english ? text.toUpperCase().replace(/[^A-Z]/g, "") : text.replace(/[\s:：]/g, ""));
  const wanted = [...fold(label.text)];
  const places = characters.flatMap((character, at) => (fold(character) === "" ? [] : [at]));
  const read = places.map((at) => fold(characters[at] ?? ""));
  const best = nearest(read, wanted);
  if (!best || best.distance > mostWrong(wanted.length, english)) return null;
  // a misread label is accepted only where labels occur: at the beginning, an English one alone
  if (best.distance > 0 && (best.start > 1 || (english && read.length > wanted.length + 2))) return null;
  const [start, last] = [places[best.start] ?? 0, places[best.end - 1] ?? 0];
  if (english && [characters[start - 1], characters[last + 1]].some((beside) => /[A-Za-z]/.test(beside ?? "")))
    return null;
  return { label, start, end: last + 1, weight: wanted.length - 2 * best.distance };
}

/**
 * Allowed wrong characters: none of two, one of four, two of six; for Latin letters, which are misread more
 * often, more.
 */
const mostWrong = (length: number, english: boolean) =>
  english ? Math.floor(length / 4.5) : Math.floor((length - 1) / 2.5 + 0.21);

/** Finds the position with the least edit distance to the wanted text (Sellers). */
function nearest(read: readonly string[], wanted: readonly string[]) {
  // each cell: edits so far, and where its match began
  let column = wanted.map((_, at) => ({ distance: at + 1, start: 0 }));
  let best: { distance: number; start: number; end: number } | null = null;
  read.forEach((character, at) => {
    const next: typeof column = [];
    wanted.forEach((letter, row) => {
      const diagonal = row === 0 ? { distance: 0, start: at } : column[row - 1]!;
      const above = row === 0 ? { distance: 0, start: at + 1 } : next[row - 1]!;
      const left = column[row]!;
      const choices = [
        { distance: diagonal.distance + (character === letter ? 0 : 1), start: diagonal.start },
        { distance: left.distance + 1, start: left.start },
        { distance: above.distance + 1, start: above.start },
      ];
      next.push(choices.reduce((a, b) => (b.distance < a.distance ? b : a)));
    });
    column = next;
    const last = column.at(-1)!;
    if (!best || last.distance < best.distance) best = { ...last, end: at + 1 };
  });
  return best as { distance: number; start: number; end: number } | null;
}
