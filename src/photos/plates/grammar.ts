import type { PlateKind } from "../../domain/plate.ts";
import type { SheetColour } from "./sheet-colour.ts";

const PROVINCES = [..."京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"];
const LETTERS = [..."ABCDEFGHJKLMNPQRSTUVWXYZ"];
const DIGITS = [..."0123456789"];
const ENERGY = [..."ABCDEFGHJK"];
const ANY = [...DIGITS, ...LETTERS];

/** Readings of the recogniser that count for a symbol: plates have no such look-alikes. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  "0": "Oo〇",
  O: "0〇",
  "1": "IilＩ|",
  沪: "泸户滬沪",
  苏: "蘇",
  浙: "淅渐折",
  皖: "睆院晥",
  闽: "閩闵",
  赣: "贛",
  鲁: "魯鱼",
  豫: "像",
  渝: "榆喻愉逾输",
  粤: "奥",
  陕: "峡陝狭侠",
  津: "律",
  冀: "翼",
  晋: "晉普",
  湘: "相",
  桂: "挂柱",
  琼: "瓊",
  贵: "贵貴责",
  云: "雲",
  吉: "古告",
  宁: "寧",
  辽: "遼",
  黑: "黒墨",
  甘: "廿",
  新: "薪",
  藏: "臧",
  蒙: "豪",
  川: "州",
  鄂: "鹗",
  京: "亰",
  挂: "桂排",
  学: "學",
  警: "謷",
  领: "領",
  应: "應",
};

/**
 * Signs that count as nothing: the dot between office letter and serial, and readings of screws, seals and
 * frames.
 */
const NOTHING = " ·•．.:：-—_~^*'’‘`\"“”,，、;；!！|丨()（）[]【】。°…";

export const SYMBOLS: readonly string[] = [...PROVINCES, ...ANY, "O", ..."警学挂港澳使领应急民航"];

interface Form {
  kind: PlateKind;
  /** the symbols that may stand in each place */
  places: readonly (readonly string[])[];
}

const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);
/** The letter O stands for the police in the place of the issuing office (粤O), and nowhere else. */
const OFFICES = [...LETTERS, "O"];
const officed = (...rest: string[][]) => [PROVINCES, OFFICES, ...rest];

/** The forms of GA 36-2018 and those older ones that are still on the road, place by place. */
const FORMS: readonly Form[] = [
  { kind: "ordinary", places: officed(...times(5, ANY)) },
  { kind: "nev-small", places: officed(ENERGY, ANY, ...times(4, DIGITS)) },
  { kind: "nev-large", places: officed(...times(5, DIGITS), ENERGY) },
  { kind: "police", places: officed(...times(4, ANY), ["警"]) },
  { kind: "learner", places: officed(...times(4, ANY), ["学"]) },
  { kind: "trailer", places: officed(...times(4, ANY), ["挂"]) },
  { kind: "hong-kong", places: [["粤"], ["Z"], ...times(4, ANY), ["港"]] },
  { kind: "macau", places: [["粤"], ["Z"], ...times(4, ANY), ["澳"]] },
  { kind: "embassy", places: [...times(6, DIGITS), ["使"]] },
  { kind: "embassy", places: [["使"], ...times(6, DIGITS)] },
  { kind: "consulate", places: [PROVINCES, ANY, ...times(4, DIGITS), ["领"]] },
  { kind: "rescue", places: officed(...times(4, DIGITS), ["应"], ["急"]) },
  { kind: "aviation", places: [["民"], ["航"], LETTERS, ...times(4, DIGITS)] },
  { kind: "armed-police", places: [["W"], ["J"], PROVINCES, ...times(4, DIGITS), [...DIGITS, ..."JBXTHSD"]] },
  { kind: "armed-police", places: [["W"], ["J"], ...times(4, DIGITS), [...DIGITS, ..."JBXTHSD"]] },
  { kind: "army", places: [LETTERS, LETTERS, ...times(5, DIGITS)] },
];

/** Allowed symbols by number, for each format and place. */
const PLACES = FORMS.map(({ places }) => places.map((symbols) => new Set(symbols.map((s) => SYMBOLS.indexOf(s)))));
const IS_LETTER = SYMBOLS.map((symbol) => LETTERS.includes(symbol));
const IS_ENERGY = SYMBOLS.map((symbol) => ENERGY.includes(symbol));
const IS_CHINESE = SYMBOLS.map((symbol) => symbol > "\u4e00");
export const IS_PROVINCE = SYMBOLS.map((symbol) => PROVINCES.includes(symbol));

/** The formats that a prefix still allows, as bits. */
export type Forms = number;
export const ALL_FORMS: Forms = (1 << FORMS.length) - 1;

/** Narrows `forms` by `symbol` at `place`; 0: no plate begins like that. */
export function narrowed(forms: Forms, place: number, symbol: number): Forms {
  let left = 0;
  for (let form = 0; form < PLACES.length; form++) {
    if (forms & (1 << form) && PLACES[form]![place]?.has(symbol)) left |= 1 << form;
  }
  return left;
}

/**
 * Nats that a form costs on a sheet of a colour, by GA 36-2018; a cast of light can make any colour of any
 * other, so none is impossible. The forms without any Chinese character also stand on foreign plates: they
 * are looked for on the white sheets that the standard gives them.
 */
const ON_SHEET: Readonly<Record<SheetColour, Partial<Record<PlateKind, number>> & { other: number }>> = {
  blue: { ordinary: 0, other: 5 },
  green: { "nev-small": 0, "nev-large": 0, aviation: 0.5, other: 6 },
  yellow: { ordinary: 0, learner: 0, trailer: 0, "nev-large": 0.5, other: 5 },
  white: {
    ordinary: 0,
    police: 0.5,
    rescue: 1,
    army: 2,
    "armed-police": 2,
    "nev-small": 1,
    "nev-large": 1,
    other: 4,
  },
  black: { ordinary: 0, "hong-kong": 0, macau: 0, embassy: 1, consulate: 1, other: 4 },
  unknown: { ordinary: 0, "nev-small": 0.5, "nev-large": 0.5, police: 1, learner: 1, trailer: 1, other: 4 },
  dark: { ordinary: 0, "hong-kong": 1, macau: 1, embassy: 1, consulate: 1, other: 4 },
  strange: { other: 4 },
};
const ONLY_ON_WHITE: readonly PlateKind[] = ["army", "armed-police"];
/** A pale new-energy sheet is taken for these, too. */
const SHEETS_OF_ANY: readonly SheetColour[] = ["white", "unknown"];
/** A sheet on which a form costs as much is not the one that the standard gives it. */
const MISPLACED = 4;

/** An ordinary serial has at most two letters, apart from a few chosen by their owners. */
const LETTERS_COST = [0, 0, 0, 2.5, 6, 8, 8, 8, 8];
const OFFICE_PLACES = 2;

/** The network's own bias (see verdict.ts). */
const LEANING = { symbol: SYMBOLS.indexOf("皖"), nats: 2 };

/** Office letter O: every 0 looks like it, and few cars have it. */
const RARE = { symbol: SYMBOLS.indexOf("O"), nats: 1.5 };

/** What is known of a string before anything of it is seen. */
export interface Prior {
  /** nats to take off; infinite when no form ends with it */
  cost: number;
  /** the sheet has a colour that the standard gives to this form */
  isPlaced: boolean;
  /** a Chinese character is in it: no foreign plate has one */
  isChinese: boolean;
}

export function priorOf(symbols: readonly number[], colour: SheetColour): Prior {
  let forms = ALL_FORMS;
  symbols.forEach((symbol, place) => {
    forms = narrowed(forms, place, symbol);
  });
  let least = Number.POSITIVE_INFINITY;
  FORMS.forEach(({ kind, places }, form) => {
    if (!(forms & (1 << form)) || places.length !== symbols.length) return;
    least = Math.min(least, costOnSheet(kind, colour));
  });
  const letters = symbols.slice(OFFICE_PLACES).filter((symbol) => IS_LETTER[symbol]).length;
  const leaning = symbols[0] === LEANING.symbol ? LEANING.nats : 0;
  const rare = symbols[1] === RARE.symbol ? RARE.nats : 0;
  return {
    cost: least + LETTERS_COST[letters]! + leaning + rare,
    isPlaced: least < MISPLACED && !(SHEETS_OF_ANY.includes(colour) && mayLackOne(symbols)),
    isChinese: symbols.some((symbol) => IS_CHINESE[symbol]),
  };
}

/**
 * Seven characters that a new-energy plate shows of which one of the eight is out of sight: its letter stands
 * first or last in the serial.
 */
function mayLackOne(symbols: readonly number[]): boolean {
  return symbols.length === 7 && [symbols[OFFICE_PLACES]!, symbols[6]!].some((symbol) => IS_ENERGY[symbol]);
}

function costOnSheet(kind: PlateKind, colour: SheetColour): number {
  if (colour !== "white" && ONLY_ON_WHITE.includes(kind)) return Number.POSITIVE_INFINITY;
  return ON_SHEET[colour][kind] ?? ON_SHEET[colour].other;
}

/**
 * Lists for each symbol the numbers of the recogniser's characters that count for it, and those that count
 * for nothing (the blank first).
 */
export function columnsOf(alphabet: readonly string[]): { symbols: number[][]; nothing: number[] } {
  const at = new Map(alphabet.map((character, index) => [character, index]));
  const numbers = (characters: Iterable<string>) =>
    [...new Set(characters)].map((character) => at.get(character)).filter((index) => index !== undefined);
  const symbols = SYMBOLS.map((symbol) => numbers([symbol, symbol.toLowerCase(), ...(LOOK_ALIKES[symbol] ?? "")]));
  return { symbols, nothing: [0, ...numbers(NOTHING)] };
}
