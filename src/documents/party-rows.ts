import { LETTERS, type Letter, type Weather } from "../domain/accident.ts";
import type { AgreementParty } from "../domain/agreement.ts";
import type { PartOf } from "../render.ts";
import type { Bilingual, Words } from "./bilingual.ts";
import { type Block, beside, padded, row, stack, text, tinted } from "./blocks.ts";
import { COLUMN, field, value, valueArea } from "./form-parts.ts";
import { COLOURS, type Paper } from "./paper.ts";
import { plate } from "./plate-drawing.ts";

type Box = { x: number; width: number };

/** What is printed of a party on every form (Order 146 arts. 21, 24). */
export type PrintedParty = Omit<AgreementParty, "act" | "degree" | "note" | "impact">;

interface Parties {
  parties: Record<Letter, PrintedParty>;
  /** null: not named */
  insurerNames: Record<Letter, Bilingual | null>;
}

/** Draws both parties side by side: a head, then one row for each datum. */
export function partyRows(paper: Paper, words: Words, { parties, insurerNames }: Parties): Block[] {
  const one = (label: PartOf<"agreement.label">, of: (party: PrintedParty, letter: Letter) => Bilingual | string) =>
    both(paper, words(`label.${label}`), (letter, box) => value(paper, of(parties[letter], letter), box));
  return [
    row(paper, tinted(paper, beside(...LETTERS.map((letter) => columnHead(paper, words, letter)))), { split: true }),
    one("name", (party) => party.name),
    one("idNumber", ({ idKind, idNumber }) => {
      const kind = words(`idKind.${idKind}`);
      return { zh: `${kind.zh} ${idNumber}`, en: kind.en };
    }),
    one("phone", (party) => party.phone),
    one("vehicleKind", (party) => vehicleKind(words, party)),
    both(paper, words("label.plate"), (letter, box) => {
      const { plate: number, vehicleKind: kind } = parties[letter];
      return plate(paper, number, kind, box.x) ?? value(paper, number, box);
    }),
    one("insurer", (_, letter) => insurerNames[letter] ?? words("notGiven")),
    one("policyNumber", (party) => paper.clean(party.policyNumber ?? "") || words("notGiven")),
  ];
}

/** A row with the same datum of either party. */
export function both(paper: Paper, label: Bilingual, of: (letter: Letter, box: Box) => Block): Block {
  const fields = LETTERS.map((letter) => {
    const x = COLUMN[letter];
    return field(paper, label, { x, value: of(letter, valueArea(x, COLUMN.width)) });
  });
  return row(paper, beside(...fields), { split: true });
}

function columnHead(paper: Paper, words: Words, letter: Letter): Block {
  const { zh, en } = words(`label.party.${letter}`);
  const x = COLUMN[letter] + 8;
  const title = text(paper, zh, { size: 10, weight: "medium", x, width: 60 });
  const small = text(paper, en, { size: 7, colour: COLOURS.soft, x: x + 27, width: 60 });
  return padded(beside(title, { ...small, draw: (y) => small.draw(y + 2.6) }), 2.5);
}

/** The type of the vehicle licence, where it was read, with the kind of the plate behind it. */
function vehicleKind(words: Words, { vehicleKind: code, vehicleType: type }: PrintedParty): Bilingual {
  const { zh, en } = words("vehicle.99");
  const kind = words.find(`vehicle.${code}`) ?? { zh: `${zh}（${code}）`, en };
  return type ? { zh: `${type}（${kind.zh}）`, en: kind.en } : kind;
}

/** A driver's own word stands below what it is one of. */
export function weatherOf(
  paper: Paper,
  words: Words,
  { content, box }: { content: { weather: Weather; weatherWord?: string }; box: Box },
): Block {
  const { weather, weatherWord } = content;
  const known = value(paper, words(`weather.${weather}`), box);
  return weatherWord === undefined ? known : stack(known, value(paper, weatherWord, box));
}
