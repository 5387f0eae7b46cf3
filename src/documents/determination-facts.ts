import { LETTERS } from "../domain/accident.ts";
import type { LetterSheet } from "../domain/letter-sheet.ts";
import type { Bilingual, LetterWords, Words } from "./bilingual.ts";
import { type Block, beside, centred, gap, padded, row, stack, text, tinted } from "./blocks.ts";
import { CAR, drawCar } from "./car-drawing.ts";
import { COLUMN, field, section, value, valueArea } from "./form-parts.ts";
import { COLOURS, CONTENT_WIDTH, PAGE, type Paper } from "./paper.ts";
import { partyRows, weatherOf } from "./party-rows.ts";
import { shanghaiTime } from "./shanghai-time.ts";

/** The letter's own words, and the agreement's for what stands on both forms. */
export interface FormWords {
  letter: LetterWords;
  form: Words;
}

const BODY = { size: 9.5, leading: 1.45, x: PAGE.left + 8, width: CONTENT_WIDTH - 16 } as const;
const SMALL = { size: 6.5, colour: COLOURS.soft, x: BODY.x, width: BODY.width } as const;
const SHA_DIGITS = 16;

/** Time, weather, place, number of the case (Order 146 art. 24), and the letter that this one replaces. */
export function accidentSection(paper: Paper, { letter, form }: FormWords, { content }: LetterSheet): Block[] {
  const full = valueArea(PAGE.left, CONTENT_WIDTH);
  const [left, right] = [valueArea(COLUMN.A, COLUMN.width), valueArea(COLUMN.B, COLUMN.width)];
  const cell = (label: Bilingual, x: number, block: Block) => field(paper, label, { x, value: block });
  const time = value(paper, shanghaiTime(content.occurredAt), left);
  const weather = weatherOf(paper, form, { content, box: right });
  const line = (label: Bilingual, words: Bilingual | string) =>
    row(paper, cell(label, PAGE.left, value(paper, words, full)), { split: false });
  const { replaces } = content;
  const blocks = [
    row(paper, beside(cell(form("label.time"), COLUMN.A, time), cell(form("label.weather"), COLUMN.B, weather)), {
      split: true,
    }),
    line(form("label.place"), content.address),
    line(letter("label.case"), content.caseNumber),
    ...(replaces === null ? [] : [line(letter("label.replaces"), letter("replaced", { number: replaces }))]),
  ];
  return section(paper, 1, { title: letter("section.accident"), blocks });
}

/** Both parties as art. 24 wants them, with the point of impact. */
export function partiesSection(paper: Paper, { letter, form }: FormWords, input: LetterSheet): Block[] {
  const { parties } = input.content;
  const impacts = LETTERS.map((one) => {
    const x = COLUMN[one];
    const impact = value(paper, form(`impact.${parties[one].impact}`), valueArea(x, COLUMN.width));
    const car: Block = {
      height: CAR.height,
      draw: (y) => drawCar(paper.doc, parties[one].impact, { x: x + COLUMN.width - CAR.width - 6, y }),
    };
    const height = CAR.height + 6;
    return beside(centred(height, field(paper, form("label.impact"), { x, value: impact })), centred(height, car));
  });
  const rows = partyRows(paper, form, { parties, insurerNames: input.insurerNames });
  const blocks = [...rows, row(paper, beside(...impacts), { split: true })];
  return section(paper, 2, { title: letter("section.parties"), blocks });
}

/** Free text: a block for each of its lines, so that a page may end between them. */
const paragraphs = (paper: Paper, words: string): Block[] =>
  words
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "")
    .map((line) => padded(text(paper, line, BODY), 1));

/** What happened, and why, in the officer's words. */
export function factsSections(paper: Paper, { letter }: FormWords, { content }: LetterSheet): Block[] {
  return (["facts", "causes"] as const).flatMap((part, at) =>
    section(paper, at + 3, { title: letter(`section.${part}`), blocks: [gap(2), ...paragraphs(paper, content[part])] }),
  );
}

/** The pictures on which the letter rests, under their numbers in the file. */
export function evidenceSection(paper: Paper, { letter, form }: FormWords, { content }: LetterSheet): Block[] {
  const width = (CONTENT_WIDTH - 24) / 2;
  const cells = content.evidence.map(({ number: n, slot, by, sha256 }, at) => {
    const x = PAGE.left + 8 + (at % 2) * (width + 8);
    const [name, party] = [form(`slot.${slot}`), form(`label.party.${by}`)];
    const zh = letter("picture", { n, slot: name.zh, party: party.zh }).zh;
    const en = letter("picture", { n, slot: name.en, party: party.en }).en;
    return stack(
      text(paper, zh, { size: 9, x, width }),
      text(paper, en, { ...SMALL, x, width }),
      text(paper, `SHA-256 ${sha256.slice(0, SHA_DIGITS)}…`, { ...SMALL, x, width }),
    );
  });
  const pairs = cells.flatMap((_, at) => (at % 2 ? [] : [cells.slice(at, at + 2)]));
  const blocks = pairs.map((pair) => padded(beside(...pair), 2));
  return section(paper, 5, { title: letter("section.evidence"), blocks });
}

/** The articles, and what each party bears. */
export function liabilitySection(paper: Paper, words: FormWords, { content }: LetterSheet): Block[] {
  const { letter, form } = words;
  const basedOn = letter("basedOn");
  const sentences = LETTERS.map((one) => {
    const { name, plate, degree } = content.parties[one];
    const [party, bears] = [form(`label.party.${one}`), letter(`bears.${degree}`)];
    return stack(
      text(paper, `${party.zh} ${name}（${plate}）${bears.zh}`, { ...BODY, size: 12, weight: "medium" }),
      text(paper, `${party.en} ${bears.en}`, SMALL),
    );
  });
  const isChance = LETTERS.every((one) => content.parties[one].degree === "none");
  const chance = letter("accidental");
  // in one piece: who bears what is never on another page than its articles
  const block = stack(
    gap(2),
    stack(text(paper, basedOn.zh, BODY), text(paper, basedOn.en, SMALL)),
    ...content.articles.map((article) => text(paper, article, { ...BODY, x: BODY.x + 12, width: BODY.width - 12 })),
    gap(3),
    tinted(paper, padded(stack(...sentences), 4)),
    ...(isChance ? [padded(stack(text(paper, chance.zh, BODY), text(paper, chance.en, SMALL)), 2)] : []),
  );
  return section(paper, 6, { title: letter("section.liability"), blocks: [block] });
}
