import assert from "node:assert/strict";
import { test } from "node:test";
import { plateKind } from "../../../src/domain/plate.ts";
import { candidatesOf, likelihood } from "../../../src/photos/plates/beam.ts";
import { BLANK, type Emissions, joined, reducer, WIDTH } from "../../../src/photos/plates/emissions.ts";
import { ALL_FORMS, cost, narrowed, SYMBOLS } from "../../../src/photos/plates/grammar.ts";
import { ranked } from "../../../src/photos/plates/pool.ts";
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

test("the grammar accepts what the domain knows as a plate, and nothing else", () => {
  const random = randomFrom(5);
  for (const kind of PAINTED_KINDS) {
    const plate = kind.number(random);
    assert.ok(plateKind(plate), plate);
    assert.ok(
      cost(
        [...plate].map((c) => SYMBOLS.indexOf(c)),
        "unknown",
      ) < 20,
      plate,
    );
  }
  for (const plate of ["沪A1234", "沪12345", "沪AA123456", "A12345", "沪A123挂4"]) {
    assert.equal(
      cost(
        [...plate].map((c) => SYMBOLS.indexOf(c)),
        "unknown",
      ),
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
  const reduced = reducer(alphabet)({
    probabilities,
    steps: 8,
    symbols: alphabet.length,
    text: "",
    probability: 1,
    characters: [],
  });
  assert.equal(best(reduced), "沪A12340");
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
