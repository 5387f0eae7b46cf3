import type { LicenceSuggestion, ReadField } from "../domain/licence.ts";
import { normalisePlate } from "../domain/plate.ts";
import { BY_PLATE, type DetailsBody, NO_PROVINCE, PROVINCES, plateFields } from "./details-form.ts";

/** Fields of the form, as they are posted and shown. */
export type Typed = Partial<Record<keyof DetailsBody, string>>;
type FieldName = "name" | "idNumber" | "serial" | "vehicleKind" | "vehicleType";

/**
 * A remark at a field: filled from the photograph (surely or not), or the photograph differs from what was
 * typed.
 */
export interface Note {
  word: "check" | "doubt" | "differs";
  value: string;
}

export interface Filled {
  values: Typed;
  notes: Partial<Record<FieldName, Note>>;
}

/** A plate may be typed or chosen from those that a photograph may show. */
const beside: Partial<Record<FieldName, (keyof DetailsBody)[]>> = { serial: ["plateChoice"] };

/** A part of the form that a suggestion fills as one. */
interface Part {
  at: FieldName;
  read: ReadField | undefined;
  fill: Typed;
  /** as it stands there now: "" where there is nothing */
  now: string;
}

/**
 * Fills the form from a licence. What the driver typed stays, with the difference shown; values prefilled
 * from last time are replaced.
 */
export function fillIn(typed: Typed, before: Typed, suggestion: LicenceSuggestion): Filled {
  const { name, idNumber, plate, vehicleKind, vehicleType } = suggestion;
  const parts: Part[] = [
    { at: "name", read: name, fill: { name: name?.value ?? "" }, now: typed.name ?? "" },
    {
      at: "idNumber",
      read: idNumber,
      fill: { idNumber: idNumber?.value ?? "", ...(typed.idKind === before.idKind && { idKind: "licence" }) },
      now: (typed.idNumber ?? "").toUpperCase().replaceAll(" ", ""),
    },
    { at: "serial", read: plate, fill: plateFields(plate?.value ?? ""), now: plateIn(typed) },
    {
      at: "vehicleKind",
      read: vehicleKind,
      fill: { vehicleKind: vehicleKind?.value ?? "" },
      now: typed.vehicleKind === BY_PLATE ? "" : (typed.vehicleKind ?? ""),
    },
    {
      at: "vehicleType",
      read: vehicleType,
      fill: { vehicleType: vehicleType?.value ?? "" },
      now: typed.vehicleType ?? "",
    },
  ];
  const filled: Filled = { values: { ...typed }, notes: {} };
  for (const { at, read, fill, now } of parts) {
    if (!read) continue;
    const isOwn = now !== "" && [at, ...(beside[at] ?? [])].some((field) => typed[field] !== before[field]);
    if (!isOwn) Object.assign(filled.values, fill);
    if (isOwn && now === read.value) continue;
    filled.notes[at] = { word: isOwn ? "differs" : read.sure ? "check" : "doubt", value: read.value };
  }
  return filled;
}

/** A typed value goes before a chosen one. */
function plateIn({ province = "", serial = "", plateChoice = "" }: Typed): string {
  const typed = normalisePlate(serial) || plateChoice;
  const isWhole = typed === "" || province === NO_PROVINCE || PROVINCES.includes(typed.slice(0, 1));
  return isWhole ? typed : province + typed;
}
