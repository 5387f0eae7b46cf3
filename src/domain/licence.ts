import { vehicleKindOf } from "./plate.ts";

/**
 * 机动车驾驶证 is the driver's licence, 机动车行驶证 the car's; also interfaces mix up the two by their
 * names.
 */
export const LICENCE_KINDS = ["driving-licence", "vehicle-licence"] as const;
export type LicenceKind = (typeof LICENCE_KINDS)[number];

/**
 * Fields that are read from each. The address is printed on both, not needed here, and never read (PIPL art.
 * 6).
 */
export const LICENCE_FIELDS = {
  "driving-licence": [
    "number",
    "name",
    "sex",
    "nationality",
    "bornOn",
    "firstIssuedOn",
    "carClass",
    "validFrom",
    "validTo",
  ],
  "vehicle-licence": [
    "plate",
    "vehicleType",
    "owner",
    "useCharacter",
    "model",
    "vin",
    "engineNumber",
    "registeredOn",
    "issuedOn",
  ],
} as const satisfies Record<LicenceKind, readonly string[]>;

export type LicenceField = (typeof LICENCE_FIELDS)[LicenceKind][number];

/** Always confirmed by the driver; `sure` only changes how it is shown. */
export interface ReadField {
  value: string;
  sure: boolean;
}

export interface LicenceReading {
  /** the document that was recognised, which may be the other kind than the one asked for */
  kind: LicenceKind;
  fields: Partial<Record<LicenceField, ReadField>>;
}

/** Fields of the details form that a licence can fill. */
export type SuggestedField = "name" | "idNumber" | "plate" | "vehicleKind" | "vehicleType";
export type LicenceSuggestion = Partial<Record<SuggestedField, ReadField>>;

/** Printed fields of each licence that the form uses. */
const NEEDED: Record<LicenceKind, readonly LicenceField[]> = {
  "driving-licence": ["name", "number"],
  "vehicle-licence": ["plate"],
};

/** True when everything that the form uses was read surely: no second reader is needed. */
export function isEnough(reading: LicenceReading): boolean {
  return NEEDED[reading.kind].every((field) => reading.fields[field]?.sure);
}

/** True when any field that the form uses was read. */
export function isOfUse({ kind, fields }: LicenceReading): boolean {
  return NEEDED[kind].some((field) => fields[field]);
}

/**
 * Merges two readers' answers about one picture: sure fields of the first stand; a field that both read alike
 * is sure.
 */
export function mergeReadings(first: LicenceReading | null, second: LicenceReading | null): LicenceReading | null {
  if (!first || !second) return first ?? second;
  if (first.kind !== second.kind) return isEnough(second) ? second : first;
  const fields = { ...second.fields, ...first.fields };
  for (const field of Object.keys(second.fields) as LicenceField[]) {
    const [mine, theirs] = [first.fields[field], second.fields[field]];
    if (!mine || !theirs || mine.sure) continue;
    fields[field] = mine.value === theirs.value ? { value: mine.value, sure: true } : theirs.sure ? theirs : mine;
  }
  return { kind: first.kind, fields };
}

/**
 * Returns the part of a reading that the form uses. A car's owner need not be its driver, so the owner's name
 * is not used.
 */
export function suggestionOf({ fields }: LicenceReading): LicenceSuggestion {
  const { name, number, plate, vehicleType } = fields;
  const kind = plate && vehicleType && vehicleKindOfType(vehicleType.value, plate.value);
  return {
    ...(name && { name }),
    ...(number && { idNumber: number }),
    ...(plate && { plate }),
    ...(vehicleType && { vehicleType }),
    ...(kind && vehicleType && { vehicleKind: { value: kind, sure: vehicleType.sure && plate.sure } }),
  };
}

/** 车辆类型 in words (GA 24.4) → 号牌种类 (GA/T 16.7); the first match counts. */
const TYPES: readonly [RegExp, string][] = [
  [/轻便.*摩托/, "08"],
  [/摩托/, "07"],
  [/拖拉机/, "14"],
  [/三轮汽车|低速/, "13"],
  [/挂车/, "15"],
  [/^(大型|中型|重型)/, "01"],
  [/^(小型|微型|轻型)/, "02"],
];

/**
 * Returns the kind of vehicle when the type contradicts the plate: plates of large and small cars have the
 * same format.
 */
function vehicleKindOfType(type: string, plate: string): string | null {
  const byPlate = vehicleKindOf(plate);
  // a 半挂牵引车 (tractor) is no trailer
  const byType = TYPES.find(([pattern]) => pattern.test(type.replace("半挂牵引车", "")))?.[1] ?? null;
  return byType !== byPlate && (byPlate === null || byPlate === "02") ? byType : null;
}

/**
 * True when a licence has expired (Order 146 art. 13(1)(1)) by a sure date; it only warns. Days as
 * YYYY-MM-DD.
 */
export function hasRunOut({ fields }: LicenceReading, today: string): boolean {
  const { validTo } = fields;
  return validTo?.sure === true && /^\d/.test(validTo.value) && validTo.value < today;
}
