import type { Bilingual } from "./bilingual.ts";
import { atLeast, type Block, beside, padded, stack, text } from "./blocks.ts";
import { COLOURS, CONTENT_WIDTH, PAGE, type Paper } from "./paper.ts";

/** Left edges and width of the two columns of the parties, in points. */
export const COLUMN = { A: PAGE.left, B: PAGE.left + CONTENT_WIDTH / 2, width: CONTENT_WIDTH / 2 } as const;
const LABEL_WIDTH = 68;
const INSET = 8;

/** Returns where the value of a field that begins at `x` is drawn. */
export function valueArea(x: number, width: number): { x: number; width: number } {
  return { x: x + INSET + LABEL_WIDTH, width: width - LABEL_WIDTH - INSET * 2 };
}

/** Makes a section under its heading, which is never alone at the foot of a page. */
export function section(
  paper: Paper,
  order: number,
  { title, blocks }: { title: Bilingual; blocks: Block[] },
): Block[] {
  const [first, ...rest] = blocks;
  return [stack(heading(paper, order, title), ...(first ? [first] : [])), ...rest];
}

/** Makes a section's heading: Chinese numeral, both languages, a line below. */
function heading(paper: Paper, order: number, words: Bilingual): Block {
  const title = `${"一二三四五六七八九"[order - 1]}、${words.zh}`;
  const style = { size: 10.5, weight: "bold", colour: COLOURS.accent } as const;
  const width = paper.widthOf(title, style) + 1;
  const zh = text(paper, title, { ...style, x: PAGE.left, width });
  const en = text(paper, words.en, { size: 7.5, colour: COLOURS.soft, x: PAGE.left + width + 7, width: 300 });
  const both = padded(beside(zh, { ...en, draw: (y) => en.draw(y + 3.2) }), 6, 2.5);
  return {
    height: both.height,
    draw(y) {
      both.draw(y);
      const line = y + both.height;
      paper.doc.lineWidth(0.8).strokeColor(COLOURS.frame).moveTo(PAGE.left, line).lineTo(PAGE.right, line).stroke();
    },
  };
}

/** Makes a field: label in both languages on the left, the value beside it. */
export function field(paper: Paper, label: Bilingual, options: { x: number; value: Block }): Block {
  const { x, value } = options;
  const box = { x: x + INSET, width: LABEL_WIDTH - 4 };
  const labels = stack(
    text(paper, label.zh, { size: 8.5, colour: COLOURS.soft, ...box }),
    text(paper, label.en, { size: 6, colour: COLOURS.soft, ...box }),
  );
  return padded(beside(labels, atLeast(labels.height, middle(labels.height, value))), 2.5);
}

/** Centres one line of value beside a label of two lines. */
function middle(height: number, block: Block): Block {
  const above = Math.max(0, (height - block.height) / 2);
  return { height: block.height + above, draw: (y) => block.draw(y + above) };
}

/**
 * Makes a value with its translation in small print below; a text equal in both languages is printed once.
 */
export function value(paper: Paper, words: Bilingual | string, box: { x: number; width: number }): Block {
  const { zh, en } = typeof words === "string" ? { zh: words, en: "" } : words;
  const main = text(paper, paper.clean(zh) || "—", { size: 9.5, leading: 1.25, ...box });
  const small = text(paper, en === zh ? "" : paper.clean(en), { size: 6.5, colour: COLOURS.soft, ...box });
  return stack(main, small);
}

/** Makes check boxes in a row, over as many lines as needed. */
export function choices(
  paper: Paper,
  items: { words: Bilingual; chosen: boolean }[],
  box: { x: number; width: number },
): Block {
  const places = arrange(
    items.map(({ words }) => widthOfChoice(paper, words)),
    box,
  );
  const lineHeight = 19;
  const lines = (places.at(-1)?.line ?? 0) + 1;
  return {
    height: lines * lineHeight,
    draw: (y) => {
      for (const [i, { words, chosen }] of items.entries()) {
        const { x, line } = places[i]!;
        const top = y + line * lineHeight;
        const width = widthOfChoice(paper, words) + 2;
        tick(paper.doc, { x, y: top + 1.7, chosen });
        const weight = chosen ? "medium" : "regular";
        paper.write(words.zh, { size: 8.5, weight }, { x: x + 10, y: top, width });
        paper.write(words.en, { size: 6, colour: COLOURS.soft }, { x: x + 10, y: top + 10.4, width });
      }
    },
  };
}

function widthOfChoice(paper: Paper, words: Bilingual): number {
  return Math.max(paper.widthOf(words.zh, { size: 8.5, weight: "medium" }), paper.widthOf(words.en, { size: 6 }));
}

/** Arranges the boxes in one line when they fit, spaced as widely as there is room. */
function arrange(widths: number[], box: { x: number; width: number }): { x: number; line: number }[] {
  const room = box.width - widths.reduce((sum, width) => sum + width + 10, 0);
  const apart = Math.min(9, Math.max(4, room / Math.max(1, widths.length - 1)));
  let [x, line] = [box.x, 0];
  return widths.map((width) => {
    if (x + width + 10 > box.x + box.width + 0.1 && x > box.x) [x, line] = [box.x, line + 1];
    const place = { x, line };
    x += width + 10 + apart;
    return place;
  });
}

/** Draws a box, ticked or not: fonts draw these characters differently. */
export function tick(doc: PDFKit.PDFDocument, { x, y, chosen }: { x: number; y: number; chosen: boolean }): void {
  doc.lineWidth(0.7).rect(x, y, 7.4, 7.4);
  if (!chosen) {
    doc.strokeColor(COLOURS.frame).stroke();
    return;
  }
  doc.fillAndStroke(COLOURS.accent, COLOURS.accent);
  doc.lineWidth(1.2).lineCap("round").strokeColor("#ffffff");
  doc
    .moveTo(x + 1.7, y + 3.9)
    .lineTo(x + 3.2, y + 5.5)
    .lineTo(x + 5.9, y + 2)
    .stroke()
    .lineCap("butt");
}
