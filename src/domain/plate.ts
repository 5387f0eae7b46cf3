/**
 * Number plates of GA 36-2018. An unusual format only warns, because a plate that a photo shows must pass;
 * what cannot be a plate is refused.
 */

const PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新";
/** no I and no O, in serials and in office letters */
const LETTER = "A-HJ-NP-Z";
const HEAD = `^[${PROVINCES}][${LETTER}]`;

export type PlateKind =
  | "ordinary"
  | "nev-small"
  | "nev-large"
  | "police"
  | "learner"
  | "trailer"
  | "hong-kong"
  | "macau"
  | "embassy"
  | "consulate"
  | "armed-police"
  | "army";

export type PlateColour = "blue" | "green" | "yellow" | "yellow_green" | "black" | "white";

interface PlateForm {
  pattern: RegExp;
  /**
   * most common 号牌种类 (GA/T 16.7) of its format: an ordinary plate is a small car's unless its driver says
   * otherwise
   */
  vehicleKind: string;
  /** position of the dot in the written plate; null: no dot */
  dotAt: number | null;
}

/**
 * Energy letters: D A B C E pure electric, F G H J K others (GA 36-2018 tables 5 and 6), not only D and F.
 */
const FORMS: Record<PlateKind, PlateForm> = {
  ordinary: { pattern: new RegExp(`${HEAD}[${LETTER}0-9]{5}$`), vehicleKind: "02", dotAt: 2 },
  "nev-small": { pattern: new RegExp(`${HEAD}[A-HJK][${LETTER}0-9][0-9]{4}$`), vehicleKind: "52", dotAt: 2 },
  "nev-large": { pattern: new RegExp(`${HEAD}[0-9]{5}[A-HJK]$`), vehicleKind: "51", dotAt: 2 },
  police: { pattern: new RegExp(`${HEAD}[${LETTER}0-9]{4}警$`), vehicleKind: "23", dotAt: 2 },
  learner: { pattern: new RegExp(`${HEAD}[${LETTER}0-9]{4}学$`), vehicleKind: "16", dotAt: 2 },
  trailer: { pattern: new RegExp(`${HEAD}[${LETTER}0-9]{4}挂$`), vehicleKind: "15", dotAt: 2 },
  "hong-kong": { pattern: new RegExp(`^粤Z[${LETTER}0-9]{4}港$`), vehicleKind: "26", dotAt: 2 },
  macau: { pattern: new RegExp(`^粤Z[${LETTER}0-9]{4}澳$`), vehicleKind: "27", dotAt: 2 },
  embassy: { pattern: /^[0-9]{6}使$/, vehicleKind: "03", dotAt: 3 },
  consulate: { pattern: new RegExp(`^[${PROVINCES}][0-9]{5}领$`), vehicleKind: "04", dotAt: null },
  "armed-police": { pattern: new RegExp(`^WJ[${PROVINCES}]?[0-9]{4}[0-9JBXTHSD]$`), vehicleKind: "31", dotAt: null },
  army: { pattern: new RegExp(`^[${LETTER}]{2}[0-9]{5}$`), vehicleKind: "32", dotAt: 2 },
};

/** All codes of 号牌种类 (GA/T 16.7) of cars in traffic. */
export const VEHICLE_KINDS =
  "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 31 32 33 51 52 99".split(" ");

/**
 * Colours by 号牌种类 (GA 36-2018): small cars blue, large ones yellow, police, army and provisional plates
 * white, embassies and border traffic black, new energy green.
 */
export const PLATE_COLOURS: Readonly<Record<string, PlateColour>> = Object.fromEntries([
  ...kinds("02 08", "blue"),
  ...kinds("01 07 13 14 15 16 17 25", "yellow"),
  ...kinds("18 19 20 21 22 23 24 31 32 33", "white"),
  ...kinds("03 04 05 06 09 10 11 12 26 27", "black"),
  ["51", "yellow_green"],
  ["52", "green"],
]);

function kinds(codes: string, colour: PlateColour): [string, PlateColour][] {
  return codes.split(" ").map((code) => [code, colour]);
}

const POSSIBLE = /^[A-Z0-9\u4e00-\u9fff]{5,10}$/;
const MAX_TYPED = 30;

/** Normalises for comparing and storing: upper case, half width, without spaces, dots and dashes. */
export function normalisePlate(typed: string): string {
  return typed
    .normalize("NFKC")
    .toUpperCase()
    .replace(/[\s.·•‧∙⋅・_\u2010-\u2015-]/g, "");
}

/** Returns the plate as stored, with a warning for an unusual format; null: it cannot be a plate. */
export function checkPlate(typed: string): { plate: string; warning: "format" | null } | null {
  if (typed.length > MAX_TYPED) return null;
  const plate = normalisePlate(typed);
  if (!POSSIBLE.test(plate)) return null;
  return { plate, warning: plateKind(plate) ? null : "format" };
}

/** Returns the kind of a normalised plate, or null for an unusual format. */
export function plateKind(plate: string): PlateKind | null {
  const kinds = Object.keys(FORMS) as PlateKind[];
  return kinds.find((kind) => FORMS[kind].pattern.test(plate)) ?? null;
}

/** Returns the 号牌种类 that the plate suggests (a code of GA/T 16.7), or null. */
export function vehicleKindOf(plate: string): string | null {
  const kind = plateKind(plate);
  return kind && FORMS[kind].vehicleKind;
}

/** Returns the colour of a vehicle kind's plate; blue for an unknown one. */
export function plateColour(vehicleKind: string): PlateColour {
  return PLATE_COLOURS[vehicleKind] ?? "blue";
}

/** Formats as people write it: 沪A·12345. */
export function formatPlate(plate: string): string {
  const kind = plateKind(plate);
  const at = kind ? FORMS[kind].dotAt : null;
  return at === null ? plate : `${plate.slice(0, at)}·${plate.slice(at)}`;
}
