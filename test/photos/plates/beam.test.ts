import assert from "node:assert/strict";
import { test } from "node:test";
import { plateKind } from "../../../src/domain/plate.ts";
import { candidatesOf, likelihood } from "../../../src/photos/plates/beam.ts";
import { BLANK, type Emissions, joined, reducer, WIDTH } from "../../../src/photos/plates/emissions.ts";
import { ALL_FORMS, narrowed, priorOf, SYMBOLS } from "../../../src/photos/plates/grammar.ts";
import { ranked } from "../../../src/photos/plates/pool.ts";
import { isEvenlySpaced } from "../../../src/photos/plates/spacing.ts";
import { isSure, verdictOn } from "../../../src/photos/plates/verdict.ts";
import { PAINTED_KINDS } from "../../bench/plates/plate-kinds.ts";
import { randomFrom } from "../../bench/plates/random.ts";

const LEFT_OVER = 0.0005;

/** Steps of a line: each names what may stand there with its probability; an empty one is a blank. */
function line(...steps: Record<string, number>[]): Emissions {
  const values = new Float64Array(steps.length * WIDTH).fill(Math.log(LEFT_OVER));
  steps.forEach((step, at) => {
    const named = Object.entries(step);
    const rest = 1 - named.reduce((sum, [, probability]) => sum + probability, 0);
    values[at * WIDTH + BLANK] = Math.log(Math.max(rest, LEFT_OVER));
    for (const [character, probability] of named) {
      values[at * WIDTH + SYMBOLS.indexOf(character)] = Math.log(probability);
    }
  });
  return { values, steps: steps.length };
}

const written = (plate: string) => line(...[...plate].flatMap((character) => [{ [character]: 0.98 }, {}]));
const NO_TEXT = { text: "", probability: 1, characters: [] };
const best = (emissions: Emissions, colour: Parameters<typeof candidatesOf>[1] = "unknown") =>
  candidatesOf(emissions, colour, 5)[0]?.plate;

test("every kind of plate that is clearly written is read as it is", () => {
  for (const plate of ["沪A12345", "沪AD12345", "沪A12345D", "沪A1234警", "沪A1234学", "沪A1234挂", "粤Z1234港"]) {
    assert.equal(best(written(plate)), plate);
  }
  assert.equal(best(written("粤ZA12B澳"), "black"), "粤ZA12B澳");
  assert.equal(best(written("224578使"), "black"), "224578使");
  assert.equal(best(written("沪22478领"), "black"), "沪22478领");
  assert.equal(best(written("WJ沪1234X"), "white"), "WJ沪1234X");
  assert.equal(best(written("TS12345"), "white"), "TS12345");
});

test("so are the older ones, of emergency services and airports too, and police cars with the office letter O", () => {
  assert.equal(best(written("使014578"), "black"), "使014578");
  assert.equal(best(written("沪A1707领"), "black"), "沪A1707领");
  assert.equal(best(written("琼X1234应急"), "white"), "琼X1234应急");
  assert.equal(best(written("民航A1234"), "green"), "民航A1234");
  assert.equal(best(written("粤OA2160"), "blue"), "粤OA2160");
});

test("the grammar accepts what the domain knows as a plate, and nothing else", () => {
  const random = randomFrom(5);
  for (const kind of PAINTED_KINDS) {
    const plate = kind.number(random);
    assert.ok(plateKind(plate), plate);
    assert.ok(
      priorOf(
        [...plate].map((c) => SYMBOLS.indexOf(c)),
        "unknown",
      ).cost < 20,
      plate,
    );
  }
  for (const plate of ["沪A1234", "沪12345", "沪AA123456", "A12345", "沪A123挂4"]) {
    assert.equal(
      priorOf(
        [...plate].map((c) => SYMBOLS.indexOf(c)),
        "unknown",
      ).cost,
      Number.POSITIVE_INFINITY,
      plate,
    );
  }
  assert.equal(narrowed(ALL_FORMS, 0, SYMBOLS.indexOf("挂")), 0);
});

test("the same character twice is read twice where a blank stands between, once where none does", () => {
  const doubled: Record<string, number>[] = [
    { 沪: 0.98 },
    { A: 0.98 },
    { "1": 0.98 },
    {},
    { "1": 0.98 },
    { "2": 0.98 },
    { "3": 0.98 },
  ];
  assert.equal(best(line(...doubled, {}, { "4": 0.98 })), "沪A11234");
  assert.equal(best(line({ 沪: 0.98 }, { 沪: 0.98 }, ...doubled.slice(1), { "4": 0.98 })), "沪A11234");
});

test("two rows read one after the other are one plate, also when the lower begins as the upper ends", () => {
  assert.equal(best(joined(line({ 沪: 0.98 }, { A: 0.98 }), written("A1234")), "yellow"), "沪AA1234");
});

test("look-alikes speak for what a plate can have: 泸 for 沪, O for 0", () => {
  const alphabet = ["", "泸", "O", "沪", "0", "A", "1", "2", "3", "4", "·", "米"];
  const probabilities = new Float32Array(8 * alphabet.length);
  [1, 5, 10, 6, 7, 8, 9, 2].forEach((symbol, step) => {
    probabilities[step * alphabet.length + symbol] = 1;
  });
  const reduced = reducer(alphabet)({ ...NO_TEXT, probabilities, steps: 8, symbols: alphabet.length });
  assert.equal(best(reduced), "沪A12340");
});

test("a round sign is the letter O in the place of the office and the digit 0 elsewhere, whichever the network saw", () => {
  const alphabet = ["", "O", "粤", "0", "A", "2", "1", "·"];
  const probabilities = new Float32Array(8 * alphabet.length);
  [2, 3, 7, 4, 5, 1, 6, 3].forEach((symbol, step) => {
    probabilities[step * alphabet.length + symbol] = 1;
  });
  const reduced = reducer(alphabet)({ ...NO_TEXT, probabilities, steps: 8, symbols: alphabet.length });
  assert.equal(best(reduced, "blue"), "粤OA2010");
});

test("the colour of the sheet decides between seven characters and eight", () => {
  const eighth = line(...[..."沪AD1234"].flatMap((c) => [{ [c]: 0.98 }, {}]), { "5": 0.5 });
  assert.equal(best(eighth, "green"), "沪AD12345");
  assert.equal(best(eighth, "blue"), "沪AD1234");
});

test("the likelihood of a string sums all its alignments", () => {
  const symbols = [SYMBOLS.indexOf("A")];
  const two = line({ A: 0.6 }, { A: 0.6 });
  // A–, –A and AA
  assert.ok(Math.abs(Math.exp(likelihood(two, symbols)) - (0.6 * 0.4 * 2 + 0.36)) < 1e-9);
});

test("a view that is blind for one character does not outvote the others, and what stays open is not sure", () => {
  const clear = written("陕A12345");
  const blind = line({ 陕: 0.3, 皖: 0.6 }, {}, ...[..."A12345"].flatMap((c) => [{ [c]: 0.98 }, {}]));
  const pooled = ranked([clear, clear, blind], "blue");
  assert.equal(pooled[0]?.plate, "陕A12345");
  assert.ok(isSure(verdictOn(pooled)));
  const torn = line({ 陕: 0.5, 皖: 0.45 }, {}, ...[..."A12345"].flatMap((c) => [{ [c]: 0.98 }, {}]));
  const open = ranked([torn], "blue");
  assert.deepEqual(
    open.slice(0, 2).map(({ plate }) => plate),
    ["陕A12345", "皖A12345"],
  );
  assert.ok(!isSure(verdictOn(open)));
});

test("nothing is sure that a foreign plate may show, or that the colour of the sheet speaks against", () => {
  const sure = (plate: string, colour: Parameters<typeof ranked>[1]) =>
    isSure(verdictOn(ranked([written(plate), written(plate)], colour)));
  assert.ok(sure("沪A12345", "blue") && sure("沪AD12345", "green") && sure("WJ沪1234X", "white"));
  for (const plate of ["TS12345", "WJ12345"]) assert.ok(!sure(plate, "white"), plate);
  assert.ok(!sure("沪A12345", "strange"));
  // a new-energy plate of which one character is covered
  for (const sheet of ["green", "white", "unknown"] as const) assert.ok(!sure("沪AD1234", sheet), sheet);
  assert.ok(ranked([written("TS12345")], "yellow").every(({ prior }) => prior.isChinese));
});

test("nothing is sure of which a character was hardly seen, or over which the views are divided", () => {
  const hidden = (province: string, probability: number) =>
    line({ [province]: probability }, {}, ...[..."A12345"].flatMap((c) => [{ [c]: 0.98 }, {}]));
  const of = (...views: Emissions[]) => verdictOn(ranked(views, "blue"));
  assert.ok(isSure(of(hidden("湘", 0.9), hidden("湘", 0.9))));
  assert.ok(!isSure(of(hidden("湘", 0.02), hidden("湘", 0.02))));
  // far ahead on average, but half of the views see another
  const other = line({ 湘: 0.01, 赣: 0.03 }, {}, ...[..."A12345"].flatMap((c) => [{ [c]: 0.98 }, {}]));
  const divided = of(hidden("湘", 0.98), hidden("湘", 0.98), other, other);
  assert.ok(divided.gap > 3);
  assert.equal(divided.agreement, 0.5);
  assert.ok(!isSure(divided));
});

test("seven characters with room for an eighth between two of them are no whole plate", () => {
  const spaced = (plate: string, blanks: readonly number[]) =>
    line(...[...plate].flatMap((c, at) => [{ [c]: 0.98 }, ...Array.from({ length: blanks[at] ?? 1 }, () => ({}))]));
  const isEven = (blanks: readonly number[]) =>
    isEvenlySpaced(
      spaced("沪A12345", blanks),
      [..."沪A12345"].map((c) => SYMBOLS.indexOf(c)),
    );
  assert.ok(isEven([1, 1, 1, 1, 1, 1]));
  // the dot; and a plate seen from the side
  assert.ok(isEven([1, 2, 1, 1, 1, 1]) && isEven([2, 2, 2, 1, 1, 1]));
  for (let at = 0; at < 6; at++)
    assert.ok(!isEven([1, 1, 1, 1, 1, 1].map((one, index) => (index === at ? 4 : one))), `${at}`);
});
