import type { Random } from "./random.ts";

type Colour = readonly [number, number, number];

/** The layouts of GA 36-2018 in millimetres. */
export interface PaintedKind {
  name: string;
  width: number;
  height: number;
  ground: readonly [top: Colour, bottom: Colour];
  /** another ground under the first two characters of a large new-energy plate */
  head?: Colour;
  ink: Colour;
  /** red characters: 警 on police plates, the letters of armed police */
  red?: string;
  number: (random: Random) => string;
  rows: 1 | 2;
}

const PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新";
const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ";
const DIGITS = "0123456789";
const BLUE: Colour = [18, 62, 160];
const YELLOW: Colour = [240, 176, 20];
const WHITE: Colour = [244, 244, 244];
const BLACK: Colour = [18, 18, 20];
const GREEN: Colour = [70, 190, 120];
const PALE: Colour = [232, 246, 238];

const text = (random: Random, alphabet: string, count: number) =>
  Array.from({ length: count }, () => random.of(alphabet)).join("");
const head = (random: Random) => random.of(PROVINCES) + random.of(LETTERS);
/** five places with no, one or two letters, as offices give them out */
const serial = (random: Random, count = 5) => {
  const places = [...text(random, DIGITS, count)];
  for (let letters = Math.floor(random.between(0, 3)); letters > 0; letters--) {
    places[Math.floor(random.between(0, count))] = random.of(LETTERS);
  }
  return places.join("");
};
const ENERGY = "DABCEFGHJK";
const car = { width: 440, height: 140, rows: 1 as const };
const rear = { width: 440, height: 220, rows: 2 as const };
const plain = (colour: Colour) => [colour, colour] as const;

export const PAINTED_KINDS: readonly PaintedKind[] = [
  { ...car, name: "blue", ground: plain(BLUE), ink: WHITE, number: (r) => head(r) + serial(r) },
  { ...car, name: "yellow", ground: plain(YELLOW), ink: BLACK, number: (r) => head(r) + serial(r) },
  { ...rear, name: "yellow-rear", ground: plain(YELLOW), ink: BLACK, number: (r) => head(r) + serial(r) },
  { ...rear, name: "trailer", ground: plain(YELLOW), ink: BLACK, number: (r) => `${head(r)}${serial(r, 4)}挂` },
  { ...car, name: "learner", ground: plain(YELLOW), ink: BLACK, number: (r) => `${head(r)}${serial(r, 4)}学` },
  {
    ...car,
    name: "nev-small",
    width: 480,
    ground: [PALE, GREEN],
    ink: BLACK,
    number: (r) => head(r) + r.of(ENERGY) + r.of(r.next() < 0.3 ? LETTERS : DIGITS) + text(r, DIGITS, 4),
  },
  {
    ...car,
    name: "nev-large",
    width: 480,
    ground: plain(GREEN),
    head: YELLOW,
    ink: BLACK,
    number: (r) => head(r) + text(r, DIGITS, 5) + r.of(ENERGY),
  },
  {
    ...car,
    name: "police",
    ground: plain(WHITE),
    ink: BLACK,
    red: "警",
    number: (r) => `${head(r)}${serial(r, 4)}警`,
  },
  { ...car, name: "hong-kong", ground: plain(BLACK), ink: WHITE, number: (r) => `粤Z${serial(r, 4)}港` },
  { ...car, name: "macau", ground: plain(BLACK), ink: WHITE, number: (r) => `粤Z${serial(r, 4)}澳` },
  {
    ...car,
    name: "consulate",
    ground: plain(BLACK),
    ink: WHITE,
    red: "领",
    number: (r) => `${r.of(PROVINCES)}${text(r, DIGITS, 5)}领`,
  },
  { ...car, name: "embassy", ground: plain(BLACK), ink: WHITE, red: "使", number: (r) => `${text(r, DIGITS, 6)}使` },
  { ...car, name: "office-o", ground: plain(BLUE), ink: WHITE, number: (r) => `${r.of(PROVINCES)}O${serial(r)}` },
];

const LIME: Colour = [170, 240, 40];
const foreign = (random: Random) => text(random, LETTERS, 2) + text(random, DIGITS, 5);

/**
 * What is no plate of this country, or shown in a colour that none has: nothing of it may be taken as read.
 */
export const STRANGE_KINDS: readonly PaintedKind[] = [
  { ...car, name: "foreign-white", ground: plain(WHITE), ink: BLACK, number: foreign },
  { ...car, name: "foreign-yellow", ground: plain(YELLOW), ink: BLACK, number: foreign },
  { ...rear, name: "foreign-rear", ground: plain(WHITE), ink: BLACK, number: foreign },
  { ...car, name: "yellow-green", ground: plain(LIME), ink: BLACK, number: (r) => head(r) + serial(r) },
];
