import { vehicleKindOf } from "./plate.ts";

/** 机动车驾驶证 is its driver's paper, 机动车行驶证 the car's; the two are easily mixed up, also by the names that interfaces give them. */
export const LICENCE_KINDS = ["driving-licence", "vehicle-licence"] as const;
export type LicenceKind = (typeof LICENCE_KINDS)[number];

/** What is read off each. The address is printed on both and of no use here: it is never read out (PIPL art. 6). */
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

/** Never taken without being confirmed; `sure` only says how it is shown. */
export interface ReadField {
  value: string;
  sure: boolean;
}

export interface LicenceReading {
  /** what was seen, which may be the other paper than the one that was asked for */
  kind: LicenceKind;
  fields: Partial<Record<LicenceField, ReadField>>;
}

/** What the form of a driver's details takes from a licence. */
export type SuggestedField = "name" | "idNumber" | "plate" | "vehicleKind";
export type LicenceSuggestion = Partial<Record<SuggestedField, ReadField>>;

/** What the form takes of each, in the words that are printed on it. */
const NEEDED: Record<LicenceKind, readonly LicenceField[]> = {
  "driving-licence": ["name", "number"],
  "vehicle-licence": ["plate"],
};

/** Nobody else need be asked: everything that the form takes was read, and read surely. */
export function isEnough(reading: LicenceReading): boolean {
  return NEEDED[reading.kind].every((field) => reading.fields[field]?.sure);
}

/** Some of it was read: else the licence was photographed in vain. */
export function isOfUse({ kind, fields }: LicenceReading): boolean {
  return NEEDED[kind].some((field) => fields[field]);
}

/** Two readers' answers about one picture: what the first is sure of stands; what both read alike is sure. */
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

/** The part of a reading that the form takes. The owner of a car need not be its driver: his name is not taken for it. */
export function suggestionOf({ fields }: LicenceReading): LicenceSuggestion {
  const { name, number, plate, vehicleType } = fields;
  const kind = plate && vehicleType && vehicleKindOfType(vehicleType.value, plate.value);
  return {
    ...(name && { name }),
    ...(number && { idNumber: number }),
    ...(plate && { plate }),
    ...(kind && vehicleType && { vehicleKind: { value: kind, sure: vehicleType.sure && plate.sure } }),
  };
}

/** 车辆类型 in words (GA 24.4) → 号牌种类 (GA/T 16.7); the first that fits. */
const TYPES: readonly [RegExp, string][] = [
  [/轻便.*摩托/, "08"],
  [/摩托/, "07"],
  [/拖拉机/, "14"],
  [/三轮汽车|低速/, "13"],
  [/挂车/, "15"],
  [/^(大型|中型|重型)/, "01"],
  [/^(小型|微型|轻型)/, "02"],
];

/** The kind of vehicle where the type says something else than the plate: a large car's and a small one's are written alike. */
function vehicleKindOfType(type: string, plate: string): string | null {
  const byPlate = vehicleKindOf(plate);
  // 半挂牵引车 draws one, it is none
  const byType = TYPES.find(([pattern]) => pattern.test(type.replace("半挂牵引车", "")))?.[1] ?? null;
  return byType !== byPlate && (byPlate === null || byPlate === "02") ? byType : null;
}

/** A licence that has run out is none (Order 146 art. 13(1)(1)); only a sure date says so, and it only warns. Days as YYYY-MM-DD. */
export function hasRunOut({ fields }: LicenceReading, today: string): boolean {
  const { validTo } = fields;
  return validTo?.sure === true && /^\d/.test(validTo.value) && validTo.value < today;
}
