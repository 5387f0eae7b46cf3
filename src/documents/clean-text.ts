/**
 * pdfkit's time grows with the square of unbroken text: 5,000 characters take a second, 50,000 two minutes.
 */
export const MAX_TEXT = 1000;

const BREAKS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
/**
 * Format characters include the bidi controls, which reorder the words around them; a variation selector or
 * half a surrogate is drawn as a box.
 */
const INVISIBLE = /[\p{Cf}\p{Cs}\p{Variation_Selector}]/gu;
const PILED_MARKS = /(\p{M}{2})\p{M}+/gu;
/** Letters whose stroke Unicode does not decompose. */
const BARE: Record<string, string> = { Ł: "L", ł: "l", ı: "i", Ħ: "H", ħ: "h", Ŧ: "T", ŧ: "t" };
const HAN = /\p{Script=Han}/u;

/**
 * Returns free text as it may be drawn: one line of visible characters that the font has. A letter loses its
 * diacritic, a rare name keeps its code point, anything else becomes 〓.
 */
export function cleanText(raw: string, covers: (codePoint: number) => boolean): string {
  const visible = raw
    .slice(0, MAX_TEXT * 4)
    .normalize("NFC")
    .replace(BREAKS, " ")
    .replace(INVISIBLE, "")
    .replace(PILED_MARKS, "$1")
    .trim();
  const characters = [...visible];
  const kept = characters.length > MAX_TEXT ? [...characters.slice(0, MAX_TEXT - 1), "…"] : characters;
  return kept.map((character) => (covers(character.codePointAt(0)!) ? character : standIn(character, covers))).join("");
}

/** Š becomes S, as in the machine-readable line of a passport. */
function standIn(character: string, covers: (codePoint: number) => boolean): string {
  const letter = (BARE[character] ?? character.normalize("NFD")).codePointAt(0)!;
  if (covers(letter)) return String.fromCodePoint(letter);
  if (!HAN.test(character)) return "〓";
  return `[U+${character.codePointAt(0)!.toString(16).toUpperCase()}]`;
}
