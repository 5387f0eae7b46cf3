import { LETTERS, type Letter, type Position } from "../domain/accident.ts";
import type { AgreementParty } from "../domain/agreement.ts";
import { findAct } from "../domain/liability.ts";
import type { AgreementInput } from "./agreement-input.ts";
import type { Words } from "./bilingual.ts";
import { type Block, beside, centred, row, stack, text } from "./blocks.ts";
import { CAR, drawCar } from "./car-drawing.ts";
import { COLUMN, choices, field, section, value, valueArea } from "./form-parts.ts";
import { COLOURS, CONTENT_WIDTH, PAGE, type Paper } from "./paper.ts";
import { both, partyRows, weatherOf } from "./party-rows.ts";
import { shanghaiTime } from "./shanghai-time.ts";

const FORMS = [
  "rear_end",
  "lane_change",
  "reversing",
  "rolling",
  "door",
  "signal",
  "give_way",
  "wrong_way",
  "other",
] as const;
const DEGREES = ["full", "equal", "none"] as const;

/** 时间、地点、天气、事故形态 (Order 146 art. 21). */
export function accidentSection(paper: Paper, words: Words, { content }: AgreementInput): Block[] {
  const full = valueArea(PAGE.left, CONTENT_WIDTH);
  const [left, right] = [valueArea(COLUMN.A, COLUMN.width), valueArea(COLUMN.B, COLUMN.width)];
  const known = content.forms.map((form) => FORMS.find((known) => known === form) ?? "other");
  const forms = FORMS.map((form) => ({ words: words(`form.${form}`), chosen: known.includes(form) }));
  const place = stack(value(paper, content.address, full), positionsOf(paper, words, content));
  const blocks = [
    row(
      paper,
      beside(
        field(paper, words("label.time"), { x: COLUMN.A, value: value(paper, shanghaiTime(content.occurredAt), left) }),
        field(paper, words("label.weather"), {
          x: COLUMN.B,
          value: weatherOf(paper, words, { content, box: right }),
        }),
      ),
      { split: true },
    ),
    row(paper, field(paper, words("label.place"), { x: PAGE.left, value: place }), { split: false }),
    row(paper, field(paper, words("label.form"), { x: PAGE.left, value: choices(paper, forms, full) }), {
      split: false,
    }),
  ];
  return section(paper, 1, { title: words("section.accident"), blocks });
}

/** Each driver's phone in one small line, with the accuracy that it gave. */
function positionsOf(paper: Paper, words: Words, content: AgreementInput["content"]): Block {
  const box = valueArea(PAGE.left, CONTENT_WIDTH);
  const phones: Record<Letter, Position | null> = { A: content.position, B: content.positionOfB ?? null };
  const lines = LETTERS.flatMap((letter) => {
    const position = phones[letter];
    return position
      ? [text(paper, phoneLine(words, letter, position), { size: 6.5, colour: COLOURS.soft, ...box })]
      : [];
  });
  return stack(...lines);
}

function phoneLine(words: Words, letter: Letter, { crs, lat, lng, accuracyM }: Position): string {
  const phone = words(`phoneOf.${letter}`);
  const point = words("position", { crs, lat: lat.toFixed(6), lng: lng.toFixed(6) });
  const within = accuracyM === null ? { zh: "", en: "" } : words("within", { m: accuracyM });
  return `${phone.zh} ${point.zh}${within.zh}  ${phone.en} ${point.en}${within.en}`;
}

/** Draws both parties side by side, one row for each datum of art. 21. */
export function partiesSection(paper: Paper, words: Words, input: AgreementInput): Block[] {
  const { parties } = input.content;
  const blocks = [
    ...partyRows(paper, words, { parties, insurerNames: input.insurerNames }),
    row(paper, beside(...LETTERS.map((letter) => impactAndDegree(paper, words, parties[letter], letter))), {
      split: true,
    }),
  ];
  return section(paper, 2, { title: words("section.parties"), blocks });
}

/** Draws the car at the right, as high as both data together. */
function impactAndDegree(paper: Paper, words: Words, party: AgreementParty, letter: Letter): Block {
  const x = COLUMN[letter];
  const box = valueArea(x, COLUMN.width);
  const degrees = DEGREES.map((degree) => ({ words: words(`degree.${degree}`), chosen: party.degree === degree }));
  const data = stack(
    field(paper, words("label.impact"), { x, value: value(paper, words(`impact.${party.impact}`), box) }),
    field(paper, words("label.degree"), {
      x,
      value: choices(paper, degrees, { ...box, width: box.width - CAR.width - 8 }),
    }),
  );
  const car: Block = {
    height: CAR.height,
    draw: (y) => drawCar(paper.doc, party.impact, { x: x + COLUMN.width - CAR.width - 6, y }),
  };
  const height = CAR.height + 6;
  return beside(centred(height, data), centred(height, car));
}

/** Draws what each driver did, by which article, and each driver's own statement. */
export function happenedSection(paper: Paper, words: Words, input: AgreementInput): Block[] {
  const { parties } = input.content;
  const acts = both(paper, words("label.act"), (letter, box) => {
    const act = findAct(input.catalogue, parties[letter].act);
    const law = act && act.legalBasis.length > 0 ? act.legalBasis.join("；") : "";
    return stack(
      value(paper, act ? { zh: act.zh, en: act.en } : parties[letter].act, box),
      text(paper, law, { size: 7.5, colour: COLOURS.accent, ...box }),
    );
  });
  const notesOf = { A: paper.clean(parties.A.note), B: paper.clean(parties.B.note) };
  const spoken = LETTERS.some((letter) => notesOf[letter] !== "");
  const notes = both(paper, words("label.note"), (letter, box) =>
    text(paper, notesOf[letter] || "—", { size: 8.5, ...box }),
  );
  const blocks = spoken ? [acts, notes] : [acts];
  return section(paper, 3, { title: words("section.happened"), blocks });
}
