import type { LetterSheet } from "../domain/letter-sheet.ts";
import type { Bilingual } from "./bilingual.ts";
import { type Block, gap, padded, stack, text } from "./blocks.ts";
import type { FormWords } from "./determination-facts.ts";
import { section } from "./form-parts.ts";
import { COLOURS, CONTENT_WIDTH, PAGE, type Paper } from "./paper.ts";
import { shanghaiDay } from "./shanghai-time.ts";

const BOX = { x: PAGE.left + 8, width: CONTENT_WIDTH - 16 } as const;
/** 42 mm, the size of an authority's seal. */
const SEAL_SIDE = 119;
const SIGN = { x: PAGE.right - 230, width: 222 } as const;
const SEAL_X = SIGN.x + SIGN.width - SEAL_SIDE - 24;

/** The review with its last day, compensation, service. */
export function rightsSection(paper: Paper, { letter }: FormWords, input: LetterSheet): Block[] {
  const [until, named] = [shanghaiDay(input.content.reviewLastDay), letter("reviewer")];
  const namesIn = (language: "zh" | "en") => ({ review: input.reviewer ?? named[language], until: until[language] });
  const review = { zh: letter("rights.review", namesIn("zh")).zh, en: letter("rights.review", namesIn("en")).en };
  const notes = [review, letter("rights.compensation"), letter("rights.service")];
  const blocks = notes.map((note, at) => padded(numbered(paper, `${at + 1}. `, note), 2));
  return section(paper, 7, { title: letter("section.rights"), blocks });
}

const numbered = (paper: Paper, order: string, { zh, en }: Bilingual): Block =>
  stack(
    text(paper, `${order}${zh}`, { size: 8.5, leading: 1.4, ...BOX }),
    text(paper, en, { size: 6.3, colour: COLOURS.soft, ...BOX }),
  );

/** Who issued it, when, and the seal over both; never split over two pages. */
export function issueBlock(paper: Paper, { letter }: FormWords, { content, seal }: LetterSheet): Block {
  const { authority, officer, issuedAt } = content;
  const line = (label: Bilingual, words: string) =>
    stack(
      text(paper, `${label.zh}：${words}`, { size: 10.5, align: "right", ...SIGN }),
      text(paper, label.en, { size: 6.3, colour: COLOURS.soft, align: "right", ...SIGN }),
    );
  const lines = stack(
    text(paper, authority.name, { size: 11.5, weight: "medium", align: "right", ...SIGN }),
    gap(4),
    line(letter("label.officer"), `${officer.name}（${officer.number}）`),
    gap(4),
    line(letter("label.date"), shanghaiDay(issuedAt).zh),
  );
  const height = SEAL_SIDE + 8;
  const above = (height - lines.height) / 2;
  return {
    height,
    draw(y) {
      lines.draw(y + above);
      if (seal)
        paper.doc.image(seal, SEAL_X, y + 4, { fit: [SEAL_SIDE, SEAL_SIDE], align: "center", valign: "center" });
      else placeForSeal(paper, letter("label.seal"), y + height - 22);
    },
  };
}

/** A line on which the seal is set by hand. */
function placeForSeal(paper: Paper, { zh, en }: Bilingual, y: number): void {
  const { doc } = paper;
  const width = 190;
  doc
    .lineWidth(0.5)
    .strokeColor(COLOURS.frame)
    .moveTo(BOX.x, y)
    .lineTo(BOX.x + width, y)
    .stroke();
  paper.write(zh, { size: 8.5, align: "center" }, { x: BOX.x, y: y + 2, width });
  paper.write(en, { size: 6.3, colour: COLOURS.soft, align: "center" }, { x: BOX.x, y: y + 13, width });
}
