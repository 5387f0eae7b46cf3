import type { Bilingual } from "./bilingual.ts";
import { type Block, flow, gap, padded, stack, text } from "./blocks.ts";
import { section } from "./form-parts.ts";
import { drawContinuation, drawFooters, drawRule, type Frame } from "./page-frame.ts";
import { COLOURS, CONTENT_WIDTH, createPaper, finish, PAGE, type Paper } from "./paper.ts";

/** A case's file as it is printed for the court: text in sections, then every photograph. */
export interface CasePrint {
  frame: Frame;
  madeAt: Date;
  sections: { title: Bilingual; lines: string[] }[];
  photosTitle: Bilingual;
  photos: CasePrintPhoto[];
}

export interface CasePrintPhoto {
  caption: string;
  /** of the original as received */
  sha256: string;
  /** JPEG */
  copy: Buffer;
}

const BODY = { size: 9, leading: 1.35, x: PAGE.left + 8, width: CONTENT_WIDTH - 16 } as const;
/** Two photographs fill a page. */
const PHOTO_HEIGHT = 330;

/** Makes the file of a case on A4; the same input gives the same bytes. */
export async function casePrintPdf({ frame, madeAt, sections, photosTitle, photos }: CasePrint): Promise<Buffer> {
  const paper = await createPaper({ title: `${frame.title.zh} ${frame.number.text}`, madeAt });
  const parts = sections.flatMap(({ title, lines }, at) =>
    section(paper, at + 1, {
      title,
      blocks: [gap(3), ...lines.map((line) => padded(text(paper, line, BODY), 1))],
    }),
  );
  const pictures = photos.map((photo) => photoBlock(paper, photo));
  const last = pictures.length > 0 ? section(paper, sections.length + 1, { title: photosTitle, blocks: pictures }) : [];
  flow(paper, [...parts, ...last], drawHead(paper, frame), () => drawContinuation(paper, frame));
  drawFooters(paper, frame);
  return finish(paper.doc);
}

function drawHead(paper: Paper, { title, number }: Frame): number {
  const line = { x: PAGE.left, width: CONTENT_WIDTH };
  paper.write(title.zh, { size: 18, weight: "bold", align: "center" }, { ...line, y: PAGE.top });
  const below = `${number.label.zh} ${number.text}`;
  paper.write(below, { size: 9, colour: COLOURS.soft, align: "center" }, { ...line, y: PAGE.top + 28 });
  return drawRule(paper, PAGE.top + 46);
}

function photoBlock(paper: Paper, { caption, sha256, copy }: CasePrintPhoto): Block {
  const picture: Block = {
    height: PHOTO_HEIGHT,
    draw(y) {
      const fit: [number, number] = [CONTENT_WIDTH, PHOTO_HEIGHT - 6];
      paper.doc.image(copy, PAGE.left, y + 4, { fit, align: "center", valign: "center" });
    },
  };
  return stack(
    picture,
    text(paper, caption, { size: 9, x: PAGE.left, width: CONTENT_WIDTH }),
    text(paper, `SHA-256 ${sha256}`, { size: 6.5, colour: COLOURS.soft, x: PAGE.left, width: CONTENT_WIDTH }),
  );
}
