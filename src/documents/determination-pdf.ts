import type { LetterSheet } from "../domain/letter-sheet.ts";
import { flow } from "./blocks.ts";
import { issueBlock, rightsSection } from "./determination-close.ts";
import {
  accidentSection,
  evidenceSection,
  type FormWords,
  factsSections,
  liabilitySection,
  partiesSection,
} from "./determination-facts.ts";
import { drawContinuation, drawFooters, drawRule, type Frame } from "./page-frame.ts";
import { COLOURS, CONTENT_WIDTH, createPaper, finish, PAGE, type Paper } from "./paper.ts";

const SECTIONS = [
  accidentSection,
  partiesSection,
  factsSections,
  evidenceSection,
  liabilitySection,
  rightsSection,
] as const;

/** Makes the determination letter (Order 146 art. 24) on A4; the same input gives the same bytes. */
export async function determinationPdf(words: FormWords, input: LetterSheet): Promise<Buffer> {
  const { letter } = words;
  const { letterNumber, issuedAt } = input.content;
  const frame: Frame = {
    title: letter("title"),
    number: { label: letter("number"), text: letterNumber },
    digest: { label: letter("digest"), text: input.digest },
    pageOf: (n, of) => letter("page", { n, of }),
  };
  const paper = await createPaper({ title: `${frame.title.zh} ${letterNumber}`, madeAt: issuedAt });
  const blocks = [...SECTIONS.flatMap((section) => section(paper, words, input)), issueBlock(paper, words, input)];
  flow(paper, blocks, drawHead(paper, words, input), () => drawContinuation(paper, frame));
  drawFooters(paper, frame);
  return finish(paper.doc);
}

/** Authority, title, number and basis, as an official letter has them; returns where the form begins. */
function drawHead(paper: Paper, { letter }: FormWords, { content }: LetterSheet): number {
  const line = { x: PAGE.left, width: CONTENT_WIDTH };
  const [title, basis, number] = [
    letter("title"),
    letter("basis"),
    letter("numbered", { number: content.letterNumber }),
  ];
  const name = { size: 15, weight: "medium", align: "center" } as const;
  const below = PAGE.top + paper.heightOf(content.authority.name, name, line.width);
  paper.write(content.authority.name, name, { ...line, y: PAGE.top });
  paper.write(title.zh, { size: 20, weight: "bold", align: "center" }, { ...line, y: below + 4 });
  paper.write(title.en, { size: 8, colour: COLOURS.soft, align: "center" }, { ...line, y: below + 31 });
  paper.write(basis.zh, { size: 7.2, align: "center" }, { ...line, y: below + 46 });
  paper.write(basis.en, { size: 6, colour: COLOURS.soft, align: "center" }, { ...line, y: below + 56 });
  paper.write(number.zh, { size: 10, align: "right" }, { ...line, y: below + 68 });
  return drawRule(paper, below + 84);
}
