/**
 * Number plates of GA 36-2018. An unusual format only warns, because a plate that a photo shows must pass;
 * what cannot be a plate is refused.
 */

const PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新";
/** no I and no O, in serials and in office letters, except the O of the police's own cars */
const LETTER = "A-HJ-NP-Z";
const HEAD = `^[${PROVINCES}][${LETTER}]`;
const SIGN = `[${LETTER}0-9]`;

export type PlateKind =
  | "ordinary"
  | "nev-small"
  | "nev-large"
  | "police"
  | "police-civil"
  | "learner"
  | "trailer"
  | "provisional"
  | "rescue"
  | "hong-kong"
  | "macau"
  | "embassy"
  | "consulate"
  | "consulate-office"
  | "aviation"
  | "armed-police"
  | "armed-police-old"
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
  ordinary: { pattern: new RegExp(`${HEAD}${SIGN}{5}$`), vehicleKind: "02", dotAt: 2 },
  "nev-small": { pattern: new RegExp(`${HEAD}[A-HJK]${SIGN}[0-9]{4}$`), vehicleKind: "52", dotAt: 2 },
  "nev-large": { pattern: new RegExp(`${HEAD}[0-9]{5}[A-HJK]$`), vehicleKind: "51", dotAt: 2 },
  police: { pattern: new RegExp(`^[${PROVINCES}][${LETTER}O]${SIGN}{4}警$`), vehicleKind: "23", dotAt: 2 },
  // 粤O·A2160: cars of the police without the sign 警
  "police-civil": { pattern: new RegExp(`^[${PROVINCES}]O${SIGN}{5}$`), vehicleKind: "02", dotAt: 2 },
  learner: { pattern: new RegExp(`${HEAD}${SIGN}{4}学$`), vehicleKind: "16", dotAt: 2 },
  trailer: { pattern: new RegExp(`${HEAD}${SIGN}{4}挂$`), vehicleKind: "15", dotAt: 2 },
  // on paper: 临, of a car on trial 试, of one beyond the measures 超
  provisional: { pattern: new RegExp(`${HEAD}${SIGN}{4,5}[临试超]$`), vehicleKind: "22", dotAt: 2 },
  // 国办发〔2018〕114号: fire and rescue X, forest fire S
  rescue: { pattern: new RegExp(`^[${PROVINCES}][XS]${SIGN}[0-9]{3}应急$`), vehicleKind: "33", dotAt: 2 },
  "hong-kong": { pattern: new RegExp(`^粤Z${SIGN}{4}港$`), vehicleKind: "26", dotAt: 2 },
  macau: { pattern: new RegExp(`^粤Z${SIGN}{4}澳$`), vehicleKind: "27", dotAt: 2 },
  // the country's code and a number; before 2018 使 stood in front
  embassy: { pattern: /^(?:[0-9]{6}使|使[0-9]{6})$/, vehicleKind: "03", dotAt: 3 },
  consulate: { pattern: new RegExp(`^[${PROVINCES}][0-9]{5}领$`), vehicleKind: "04", dotAt: 4 },
  "consulate-office": { pattern: new RegExp(`${HEAD}${SIGN}{4}领$`), vehicleKind: "04", dotAt: 2 },
  // on airfields
  aviation: { pattern: new RegExp(`^民航${SIGN}{4,5}$`), vehicleKind: "99", dotAt: 2 },
  "armed-police": { pattern: new RegExp(`^WJ[${PROVINCES}]?[0-9]{4}[0-9JBXTHSD]$`), vehicleKind: "31", dotAt: null },
  "armed-police-old": { pattern: /^WJ[0-9]{7}$/, vehicleKind: "31", dotAt: 4 },
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
  const plate = withDigits(normalisePlate(typed));
  if (!POSSIBLE.test(plate)) return null;
  return { plate, warning: plateKind(plate) ? null : "format" };
}

/** Writes letters O and I behind the office letter as the digits that they mean, and 临 at the end. */
function withDigits(typed: string): string {
  const plate = /^临./.test(typed) ? `${typed.slice(1)}临` : typed;
  if (plateKind(plate)) return plate;
  const folded = plate.slice(0, 2) + plate.slice(2).replaceAll("O", "0").replaceAll("I", "1");
  return plateKind(folded) ? folded : plate;
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

/** Returns the colour of a vehicle kind's plate; white for an unknown one. */
export function plateColour(vehicleKind: string): PlateColour {
  return PLATE_COLOURS[vehicleKind] ?? "white";
}

/** Formats as the plate shows it: 沪A·12345, 224·578使, 沪224·78领. */
export function formatPlate(plate: string): string {
  const kind = plateKind(plate);
  if (!kind) return plate;
  const { dotAt } = FORMS[kind];
  const at = kind === "embassy" && plate.startsWith("使") ? 4 : dotAt;
  return at === null ? plate : `${plate.slice(0, at)}·${plate.slice(at)}`;
}

/** A part of a plate's text in one colour. */
export interface PlateRun {
  text: string;
  red: boolean;
}

const RED = /(应急|[警使领]|^WJ)/;

/**
 * Splits a plate's text where its colour changes: GA 36-2018 has 警, 使, 领, 应急, WJ and the army's letters
 * in red.
 */
export function plateRuns(plate: string): PlateRun[] {
  const text = formatPlate(plate);
  if (plateKind(plate) === "army")
    return [
      { text: text.slice(0, 2), red: true },
      { text: text.slice(2), red: false },
    ];
  return text
    .split(RED)
    .map((part, at) => ({ text: part, red: at % 2 === 1 }))
    .filter((run) => run.text !== "");
}

/**
 * Returns the colour in which a page draws a plate: by its vehicle kind where known, else by its format,
 * which a masked one (沪A·D0**71) still shows.
 */
export const plateSheet = (plate: string, vehicleKind?: string): PlateColour =>
  plateColour(vehicleKind ?? vehicleKindOf(plate.replace("·", "").replaceAll("*", "0")) ?? "");
