import type { AgreementInput, AgreementPhoto } from "./agreement-input.ts";
import type { Bilingual, Words } from "./bilingual.ts";
import { type Block, beside, gap, stack, text } from "./blocks.ts";
import { section } from "./form-parts.ts";
import { COLOURS, CONTENT_WIDTH, PAGE, type Paper } from "./paper.ts";

const IN_A_ROW = 3;
const SPACE = 12;
const WIDTH = (CONTENT_WIDTH - SPACE * (IN_A_ROW - 1)) / IN_A_ROW;
const HEIGHT = WIDTH * 0.75;
const SHA_DIGITS = 16;
const NOTES = ["cleared", "copies", "perform", "photos", "digest"] as const;

/**
 * Draws the photographs that recorded the scene (art. 19), each with the beginning of its original's SHA-256.
 */
export function photosSection(paper: Paper, words: Words, { photos }: AgreementInput): Block[] {
  if (photos.length === 0) return [];
  const rows: Block[] = [];
  for (let first = 0; first < photos.length; first += IN_A_ROW) {
    const cells = photos
      .slice(first, first + IN_A_ROW)
      .map((photo, i) => cell(paper, words, { photo, order: first + i + 1, x: PAGE.left + i * (WIDTH + SPACE) }));
    rows.push(stack(gap(8), beside(...cells)));
  }
  return section(paper, 6, { title: words("section.photos"), blocks: rows });
}

function cell(paper: Paper, words: Words, at: { photo: AgreementPhoto; order: number; x: number }): Block {
  const { photo, order, x } = at;
  const slot = words(`slot.${photo.slot}`);
  const [zh, en] = [words(`label.party.${photo.by}`).zh, words(`label.party.${photo.by}`).en];
  const box = { x, width: WIDTH };
  const picture: Block = {
    height: HEIGHT + 4,
    draw(y) {
      paper.doc.rect(x, y, WIDTH, HEIGHT).fill(COLOURS.tint);
      paper.doc.image(photo.thumb, x, y, { fit: [WIDTH, HEIGHT], align: "center", valign: "center" });
      paper.doc.lineWidth(0.4).strokeColor(COLOURS.line).rect(x, y, WIDTH, HEIGHT).stroke();
    },
  };
  return stack(
    picture,
    text(paper, `${order}. ${slot.zh}（${words("photo.by", { party: zh }).zh}）`, { size: 8, ...box }),
    text(paper, `${slot.en}, ${words("photo.by", { party: en }).en}`, { size: 6, colour: COLOURS.soft, ...box }),
    text(paper, `SHA-256 ${photo.sha256.slice(0, SHA_DIGITS)}…`, { size: 6, colour: COLOURS.soft, ...box }),
  );
}

/** The exceptions that both declared not to be there, to which the declaration refers. */
const clearedNote = (words: Words, { zh, en }: Bilingual): Bilingual => ({
  zh: words("notes.cleared", { list: zh }).zh,
  en: words("notes.cleared", { list: en }).en,
});

/** Draws the notes: how this paper was made, and what follows from it. */
export function notesSection(paper: Paper, words: Words, { photos, cleared }: AgreementInput): Block[] {
  const box = { x: PAGE.left + 12, width: CONTENT_WIDTH - 12 };
  const notes = NOTES.map((note, i) => {
    const { zh, en } = note === "cleared" ? clearedNote(words, cleared) : words(`notes.${note}`);
    const order = text(paper, `${i + 1}.`, { size: 8, x: PAGE.left, width: 12 });
    const lines = stack(
      text(paper, zh, { size: 8, leading: 1.4, ...box }),
      text(paper, en, { size: 6.2, colour: COLOURS.soft, ...box }),
    );
    return stack(gap(5), beside(order, lines));
  });
  const order = photos.length > 0 ? 7 : 6;
  return section(paper, order, { title: words("section.notes"), blocks: [stack(...notes)] });
}
