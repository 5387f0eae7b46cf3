import {
  isOfUse,
  LICENCE_FIELDS,
  LICENCE_KINDS,
  type LicenceField,
  type LicenceKind,
  type LicenceReading,
  type ReadField,
} from "../../domain/licence.ts";
import { hasCheckDigit, licenceField } from "../../domain/licence-fields.ts";
import { plateKind } from "../../domain/plate.ts";
import { type Piece, piecesOf } from "./find-labels.ts";
import type { Line } from "./sheet.ts";
import { valuesBeside } from "./values.ts";

/** Below this certainty the recogniser is wrong in one text of ten. */
const CONFIDENT = 0.95;
/** One word like a label occurs on many documents, two of them do not. */
const LEAST_LABELS = 2;

/**
 * Finds the licence on a document, by its printed labels and by values with a check digit wherever they are:
 * the wanted kind, else the other, else null.
 */
export function findLicence(lines: readonly Line[], wanted: LicenceKind): LicenceReading | null {
  const pieces = piecesOf(lines);
  const kinds = [wanted, ...LICENCE_KINDS.filter((kind) => kind !== wanted)];
  for (const kind of kinds) {
    const reading = { kind, fields: fieldsOf(kind, pieces, lines) };
    if (isOfUse(reading) && weightOf(reading, pieces) >= LEAST_LABELS) return reading;
  }
  return null;
}

/** Counts different labels of this licence; its title and a number with a valid check digit count double. */
function weightOf({ kind, fields }: LicenceReading, pieces: readonly Piece[]): number {
  const labels = new Set(pieces.flatMap(({ label }) => (label?.kind === kind ? [label.field] : [])));
  const proof = fields[kind === "driving-licence" ? "number" : "vin"];
  return labels.size + (labels.has("title") ? 1 : 0) + (proof?.sure ? 2 : 0);
}

function fieldsOf(kind: LicenceKind, pieces: readonly Piece[], lines: readonly Line[]): LicenceReading["fields"] {
  const fields: LicenceReading["fields"] = validityOf(pieces);
  for (const field of LICENCE_FIELDS[kind]) {
    const best = bestOf([...labelled(field, pieces), ...(ANYWHERE[field]?.(lines, pieces) ?? [])]);
    if (best) fields[field] = best;
  }
  return kind === "driving-licence" ? fields : without(fields, ["validFrom", "validTo"]);
}

function labelled(field: LicenceField, pieces: readonly Piece[]): ReadField[] {
  return valuesBeside(field, pieces).flatMap(({ text, probability }) => {
    return licenceField(field, text, probability >= CONFIDENT) ?? [];
  });
}

/** Returns the first sure one, else the first. */
const bestOf = (found: readonly ReadField[]): ReadField | undefined => found.find(({ sure }) => sure) ?? found[0];

type Search = (lines: readonly Line[], pieces: readonly Piece[]) => ReadField[];

/** Fields found without their label, for values that can hardly be anything else. */
const ANYWHERE: Partial<Record<LicenceField, Search>> = {
  number: (lines) => windows(lines, 18).flatMap((text) => (hasCheckDigit(text) ? [{ value: text, sure: true }] : [])),
  vin: (lines) => windows(lines, 17).flatMap((text) => (proven("vin", text) ? [{ value: text, sure: true }] : [])),
  plate: (_, pieces) =>
    pieces.flatMap(({ label, line }) => {
      const read = label ? null : licenceField("plate", line.text, false);
      return read && plateKind(read.value) ? [read] : [];
    }),
};

const proven = (field: LicenceField, text: string) => /[A-Z]/.test(text) && licenceField(field, text, false)?.sure;

/** Lists every run of this many letters and digits. */
function windows(lines: readonly Line[], length: number): string[] {
  return lines.flatMap(({ text }) => {
    const runs =
      text
        .normalize("NFKC")
        .toUpperCase()
        .replaceAll(" ", "")
        .match(/[0-9A-Z]+/g) ?? [];
    return runs.flatMap((run) =>
      Array.from({ length: Math.max(0, run.length - length + 1) }, (_, at) => run.slice(at, at + length)),
    );
  });
}

const DAY = /\d{4}[-./年 ]?\d{2}[-./月 ]?\d{2}|长期/g;

/**
 * Reads "2022-03-04 至 2032-03-04" in one line or in three. Older licences print years instead of an end,
 * which is ignored.
 */
function validityOf(pieces: readonly Piece[]): LicenceReading["fields"] {
  for (const { text, probability } of valuesBeside("validity", pieces).toReversed()) {
    const [from, to] = text.match(DAY) ?? [];
    const validFrom = licenceField("validFrom", from ?? "", probability >= CONFIDENT);
    const validTo = licenceField("validTo", to ?? "", probability >= CONFIDENT);
    if (validFrom || validTo) return { ...(validFrom && { validFrom }), ...(validTo && { validTo }) };
  }
  return {};
}

function without(fields: LicenceReading["fields"], names: readonly LicenceField[]): LicenceReading["fields"] {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name as LicenceField)));
}
