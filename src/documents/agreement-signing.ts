import { LETTERS, type Letter } from "../domain/accident.ts";
import type { AgreementInput } from "./agreement-input.ts";
import type { Bilingual, Words } from "./bilingual.ts";
import { type Block, beside, gap, padded, row, stack, text, tinted } from "./blocks.ts";
import { COLUMN, section, tick } from "./form-parts.ts";
import { COLOURS, CONTENT_WIDTH, PAGE, type Paper } from "./paper.ts";
import { shanghaiTime } from "./shanghai-time.ts";

/** Draws the two sentences on liability that both drivers signed. */
export function liabilitySection(paper: Paper, words: Words, { content }: AgreementInput): Block[] {
  const { A } = content.parties;
  const who = A.degree === "equal" ? "equal" : A.degree === "full" ? "fullA" : "fullB";
  const box = { x: PAGE.left + 12, width: CONTENT_WIDTH - 24 };
  const [liability, insurers] = [words(`sentence.${who}`), words("sentence.insurers")];
  const sentences = stack(
    text(paper, `${liability.zh}${insurers.zh}`, { size: 12, weight: "medium", align: "center", ...box }),
    text(paper, `${liability.en} ${insurers.en}`, { size: 7.5, colour: COLOURS.soft, align: "center", ...box }),
  );
  const style = { size: 8, colour: COLOURS.soft, align: "center", ...box } as const;
  const names = LETTERS.map((letter) => {
    const { name, plate } = content.parties[letter];
    return `${words(`label.party.${letter}`).zh}：${name}（${plate}）`;
  });
  const line = names.join("　");
  const lines = paper.widthOf(line, style) <= box.width ? [line] : names;
  const parties = stack(...lines.map((part) => text(paper, part, style)));
  const block = tinted(paper, padded(stack(sentences, gap(1), parties), 3));
  return section(paper, 4, { title: words("section.liability"), blocks: [block] });
}

/**
 * Draws the declaration, both signatures with their times, and each driver's consent to forward the claim
 * (PIPL art. 23); never split over two pages.
 */
export function signaturesSection(paper: Paper, words: Words, input: AgreementInput): Block[] {
  const box = { x: PAGE.left, width: CONTENT_WIDTH };
  const declaration = words("declaration");
  const concluded = words("label.concludedAt");
  const at = shanghaiTime(input.concludedAt, "seconds");
  const block = stack(
    gap(3),
    text(paper, declaration.zh, { size: 9, weight: "medium", ...box }),
    text(paper, declaration.en, { size: 6.5, colour: COLOURS.soft, ...box }),
    gap(4),
    frame(paper, beside(...LETTERS.map((letter) => signature(paper, words, { letter, input })))),
    gap(3),
    text(paper, `${concluded.zh} ${at.zh}　${concluded.en} ${at.en}`, {
      size: 7,
      colour: COLOURS.soft,
      align: "right",
      ...box,
    }),
  );
  return section(paper, 5, { title: words("section.signatures"), blocks: [block] });
}

/** The party and the printed name stand beside what was drawn. */
const NAME_WIDTH = 72;
const NAME_HEIGHT = 22;
const NAME_SIZES = [9, 7.5, 6.5];

function signature(paper: Paper, words: Words, { letter, input }: { letter: Letter; input: AgreementInput }): Block {
  const { png, signedAt, electronic, forwarding } = input.signatures[letter];
  const x = COLUMN[letter] + 8;
  const width = COLUMN.width - 16;
  const label = words(`label.party.${letter}`);
  const { name } = input.content.parties[letter];
  const at = shanghaiTime(signedAt, "seconds");
  const signed = words("label.signedAt");
  const size = NAME_SIZES.find((one) => paper.heightOf(name, { size: one }, NAME_WIDTH) <= NAME_HEIGHT) ?? 5;
  const image: Block = {
    height: 46,
    draw: (y) => {
      paper.doc.image(png, x + NAME_WIDTH + 4, y + 2, {
        fit: [width - NAME_WIDTH - 10, 42],
        align: "center",
        valign: "center",
      });
      paper.write(label.zh, { size: 10, weight: "medium" }, { x, y: y + 3, width: NAME_WIDTH });
      paper.write(label.en, { size: 7, colour: COLOURS.soft }, { x, y: y + 15, width: NAME_WIDTH });
      paper.write(name, { size }, { x, y: y + 25, width: NAME_WIDTH });
    },
  };
  const time = text(paper, `${signed.zh} ${at.zh}　${signed.en} ${at.en}`, {
    size: 6.6,
    colour: COLOURS.soft,
    x,
    width,
  });
  const agreed = [...(electronic ? ["electronic" as const] : []), `forwarding.${forwarding ? "yes" : "no"}` as const];
  const consents = agreed.map((word) => consent(paper, words(word), { x, width }));
  return padded(stack(image, time, gap(4), ...consents), 3, 4);
}

/** Prints and ticks the sentence that the driver chose, yes or no. */
function consent(paper: Paper, words: Bilingual, box: { x: number; width: number }): Block {
  const inner = { x: box.x + 12, width: box.width - 12 };
  const lines = stack(
    text(paper, words.zh, { size: 8, ...inner }),
    text(paper, words.en, { size: 6, colour: COLOURS.soft, ...inner }),
  );
  const mark: Block = { height: 9, draw: (y) => tick(paper.doc, { x: box.x, y: y + 1.4, chosen: true }) };
  return beside(mark, lines);
}

function frame(paper: Paper, block: Block): Block {
  const inner = row(paper, block, { split: true });
  return {
    height: inner.height,
    draw(y) {
      inner.draw(y);
      paper.doc.lineWidth(0.6).strokeColor(COLOURS.frame).rect(PAGE.left, y, CONTENT_WIDTH, inner.height).stroke();
    },
  };
}
