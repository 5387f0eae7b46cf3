import type { Config } from "../config.ts";
import { type Language, LETTERS, type Letter, type Position } from "../domain/accident.ts";
import type { AgreementContent, AgreementParty } from "../domain/agreement.ts";
import { findAct } from "../domain/liability.ts";
import type { Translate, WordKey } from "../render.ts";
import { insurerName } from "./insurer-name.ts";
import { positionText } from "./positions.ts";
import { yearTimeText } from "./times.ts";

/** Who reads, in which words. */
export interface Reading {
  config: Config;
  t: Translate;
  language: Language;
}

/** One field of the agreement as it is read; null where it has no value of its own. */
interface Piece {
  text: string;
  /** kind of vehicle, for the drawing of the plate */
  plateOf?: string;
  /** further lines in small print, of law in Chinese */
  law?: string[];
}

interface Cell<Whole> {
  /** the row's label; fields of one label share a row */
  row: WordKey;
  tell(whole: Whole, reading: Reading): Piece | null;
}

/** A row of the page: one column for the accident, one for each party. */
export interface Row {
  label: string;
  columns: (Piece & { field: string })[][];
}

type CellsOf<Whole, Without extends keyof Whole = never> = {
  [Field in Exclude<keyof Whole, Without>]-?: Cell<Whole>;
};

/** Every field of the accident, in the page's order; the compiler misses one that lacks. */
const ACCIDENT: CellsOf<AgreementContent, "parties"> = {
  number: { row: "h5.done.number", tell: ({ number }) => ({ text: number }) },
  occurredAt: {
    row: "h5.sign.time",
    tell: ({ occurredAt }, { language }) => ({ text: yearTimeText(occurredAt, language) }),
  },
  address: { row: "h5.sign.place", tell: ({ address }) => ({ text: address }) },
  position: { row: "h5.sign.place", tell: ({ position }, { t }) => position && phonePiece("A", position, t) },
  positionOfB: {
    row: "h5.sign.place",
    tell: ({ positionOfB }, { t }) => (positionOfB ? phonePiece("B", positionOfB, t) : null),
  },
  weather: { row: "h5.sign.weather", tell: ({ weather }, { t }) => ({ text: t(`agreement.weather.${weather}`) }) },
  weatherWord: {
    row: "h5.sign.weather",
    tell: ({ weatherWord }) => (weatherWord === undefined ? null : { text: weatherWord }),
  },
  forms: {
    row: "h5.sign.form",
    tell: ({ forms }, { t, language }) => ({
      text: forms.map((form) => t.find(`agreement.form.${form}`) ?? form).join(language === "zh" ? "、" : ", "),
    }),
  },
};

/** Every field of a party, in the page's order; the compiler misses one that lacks. */
const PARTY: CellsOf<AgreementParty> = {
  name: { row: "h5.sign.name", tell: ({ name }) => ({ text: name }) },
  idKind: { row: "h5.details.idKind", tell: ({ idKind }, { t }) => ({ text: t(`agreement.idKind.${idKind}`) }) },
  idNumber: { row: "h5.details.idKind", tell: ({ idNumber }) => ({ text: idNumber }) },
  phone: { row: "h5.sign.phone", tell: ({ phone }) => ({ text: phone }) },
  plate: { row: "h5.sign.vehicle", tell: ({ plate, vehicleKind }) => ({ text: plate, plateOf: vehicleKind }) },
  vehicleKind: {
    row: "h5.sign.vehicle",
    tell: ({ vehicleKind }, { t }) => ({ text: t.find(`agreement.vehicle.${vehicleKind}`) ?? vehicleKind }),
  },
  vehicleType: { row: "h5.sign.vehicle", tell: ({ vehicleType: text }) => (text ? { text } : null) },
  insurerCode: { row: "h5.sign.insurer", tell: insurerPiece },
  // its own name is what was typed; a known insurer's follows from the code
  insurerName: { row: "h5.sign.insurer", tell: ({ insurerName: text }) => (text ? { text } : null) },
  policyNumber: {
    row: "h5.sign.policy",
    tell: ({ policyNumber }, { t }) => ({ text: policyNumber ?? t("h5.sign.notGiven") }),
  },
  act: {
    row: "h5.sign.act",
    tell: ({ act }, { config, language }) => {
      const known = findAct(config.rules.catalogue, act);
      return { text: known?.[language] ?? act, law: known?.legalBasis ?? [] };
    },
  },
  impact: { row: "h5.sign.impact", tell: ({ impact }, { t }) => ({ text: t(`agreement.impact.${impact}`) }) },
  note: { row: "h5.sign.note", tell: ({ note }) => (note ? { text: note } : null) },
  degree: { row: "h5.sign.liability", tell: ({ degree }, { t }) => ({ text: t(`h5.degree.${degree}`) }) },
};

const phonePiece = (letter: Letter, position: Position, t: Translate): Piece => ({
  text: `${t(`agreement.phoneOf.${letter}`)} ${positionText(t, position)}`,
});

function insurerPiece(party: AgreementParty, { config, t, language }: Reading): Piece {
  const name = insurerName(config, { ...party, insurerName: null });
  if (name) return { text: name[language] };
  return { text: t(party.insurerName ? "h5.details.insurerOther" : "h5.sign.insurerUnknown") };
}

/** The whole agreement as rows: what is on the page above the signature is what is signed. */
export const agreementRows = (content: AgreementContent, reading: Reading) => ({
  accident: rowsOf(ACCIDENT, [content], reading),
  parties: rowsOf(
    PARTY,
    LETTERS.map((letter: Letter) => content.parties[letter]),
    reading,
  ),
});

function rowsOf<Whole>(cells: Record<string, Cell<Whole>>, wholes: Whole[], reading: Reading): Row[] {
  const labels = [...new Set(Object.values(cells).map(({ row }) => row))];
  const fields = Object.entries(cells);
  const rows = labels.map((label) => ({
    label: reading.t(label as "h5.sign.time"),
    columns: wholes.map((whole) =>
      fields.flatMap(([field, cell]) => {
        const piece = cell.row === label ? cell.tell(whole, reading) : null;
        return piece ? [{ ...piece, field }] : [];
      }),
    ),
  }));
  return rows.filter(({ columns }) => columns.some((pieces) => pieces.length > 0));
}
