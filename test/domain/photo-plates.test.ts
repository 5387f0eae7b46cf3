import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import type { Config } from "../../src/config.ts";
import type { Accident, Letter } from "../../src/domain/accident.ts";
import { PHOTO_SLOTS, type Photo, type PhotoSlot, type PlateReading, type ReadPlate } from "../../src/domain/photo.ts";
import { extrasFor, wantedExtras } from "../../src/domain/photo-extras.ts";
import { answeredByDetails, movedTo, placeOf } from "../../src/domain/photo-place.ts";
import { newDoubts, plateDoubts, suggestedPlate } from "../../src/domain/photo-plates.ts";
import { viewOf } from "../../src/domain/view.ts";
import { asStored } from "../support/stored-photos.ts";
import {
  allPhotos,
  cityRules,
  newParty,
  opened,
  photo,
  readyToSign,
  statement,
  withParty,
} from "./accident-builder.ts";

const found = (plate: string, over: Partial<ReadPlate> = {}): ReadPlate => ({
  plate,
  sure: true,
  gap: 900,
  box: { x: 200, y: 400, width: 420, height: 130 },
  runnersUp: [],
  ...over,
});
const reading = (plate: string, over: Partial<ReadPlate> = {}, ...others: string[]): PlateReading => ({
  best: found(plate, over),
  others: others.map((other) => found(other)),
});
const NONE: PlateReading = { best: null, others: [] };

/** Both have typed 沪A12345 and 沪BD12345; the pictures of the plates show this. */
const seen = (own: PlateReading | null, other: PlateReading | null = null, over: Partial<Accident> = {}): Accident => {
  const plates: Partial<Record<PhotoSlot, PlateReading | null>> = { "own-plate": own, "other-plate": other };
  return readyToSign({ photos: allPhotos().map((one) => ({ ...one, plates: plates[one.slot] ?? null })), ...over });
};
const untyped = (accident: Accident, ...letters: Letter[]): Accident =>
  letters.reduce((rest, letter) => withParty(rest, letter, { details: null }), accident);

describe("what was typed against what a picture shows", () => {
  const doubt = (party: Letter, read: string, isSwapped = false) => ({
    party,
    slot: party === "A" ? "own-plate" : "other-plate",
    photoId: party === "A" ? "own-plate-stored" : "other-plate-stored",
    read,
    typed: party === "A" ? "沪A12345" : "沪BD12345",
    isSwapped,
  });
  const table: [name: string, Accident, ...doubts: object[]][] = [
    ["nothing was read", seen(null)],
    ["no plate was found", seen(NONE, NONE)],
    ["both as typed", seen(reading("沪A12345"), reading("沪BD12345"))],
    ["the first driver's differs", seen(reading("沪A12346"), reading("沪BD12345")), doubt("A", "沪A12346")],
    ["the second driver's differs", seen(null, reading("苏BD12345")), doubt("B", "苏BD12345")],
    ["both differ", seen(reading("沪A99999"), reading("沪B99999")), doubt("A", "沪A99999"), doubt("B", "沪B99999")],
    ["an unsure reading is no doubt", seen(reading("沪A12346", { sure: false }))],
    ["another car stands in front", seen(reading("沪C77777", {}, "沪A12345"))],
    ["the letter O was typed for a nought", withTyped("A", "沪AO2345", seen(reading("沪A02345")))],
    ["the letter I was typed for a one", withTyped("A", "沪AI2345", seen(reading("沪A12345")))],
    [
      "an 8 for a B is a doubt",
      withTyped("A", "沪A8234B", seen(reading("沪AB234B"))),
      { ...doubt("A", "沪AB234B"), typed: "沪A8234B" },
    ],
    [
      "the two pictures have changed places",
      seen(reading("沪BD12345"), reading("沪A12345")),
      doubt("A", "沪BD12345", true),
      doubt("B", "沪A12345", true),
    ],
    ["nobody has typed yet", untyped(seen(reading("沪A12346"), reading("沪B12346")), "A", "B")],
    ["nobody has joined", { ...seen(null, reading("沪B12346")), parties: { A: newParty("A"), B: null } }],
  ];
  for (const [name, accident, ...doubts] of table)
    it(`${name}: ${doubts.length} doubts`, () => assert.deepEqual(plateDoubts(accident), doubts));

  it("is new only once", () => {
    const before = seen(null);
    const after = seen(reading("沪A12346"));
    assert.equal(newDoubts(before, after).length, 1);
    assert.equal(newDoubts(after, after).length, 0);
    assert.equal(newDoubts(after, withTyped("A", "沪A12347", after)).length, 1, "typed anew, wrong again");
  });
});

function withTyped(letter: Letter, plate: string, accident: Accident): Accident {
  const details = accident.parties[letter]?.details;
  return details ? withParty(accident, letter, { details: { ...details, plate } }) : accident;
}

describe("the plate that is offered", () => {
  const unsure = { sure: false, runnersUp: ["沪A12346", "沪A12845"] };
  const own = (plates: PlateReading | null) => untyped(seen(plates), "A", "B");
  const table: [name: string, Accident, Letter, last: string | null, expected: object | null][] = [
    ["nothing is known", own(null), "A", null, null],
    [
      "last time's",
      own(null),
      "A",
      "沪A12345",
      { plate: "沪A12345", sure: true, choices: ["沪A12345"], photoId: null },
    ],
    [
      "a sure reading fills the form",
      own(reading("沪A12345")),
      "A",
      null,
      { plate: "沪A12345", sure: true, choices: ["沪A12345"], photoId: "own-plate-stored" },
    ],
    [
      "another car than last time",
      own(reading("沪A12345")),
      "A",
      "沪C77777",
      { plate: "沪A12345", sure: true, choices: ["沪A12345"], photoId: "own-plate-stored" },
    ],
    [
      "an unsure one is a choice",
      own(reading("沪A12345", unsure)),
      "A",
      null,
      { plate: "沪A12345", sure: false, choices: ["沪A12345", "沪A12346", "沪A12845"], photoId: "own-plate-stored" },
    ],
    [
      "an unsure one that last time's confirms",
      own(reading("沪A12345", unsure)),
      "A",
      "沪A12346",
      { plate: "沪A12346", sure: true, choices: ["沪A12346"], photoId: "own-plate-stored" },
    ],
    [
      "an unsure one beside another of last time",
      own(reading("沪A12345", unsure)),
      "A",
      "沪C77777",
      { plate: "沪A12345", sure: false, choices: ["沪A12345", "沪C77777", "沪A12346"], photoId: "own-plate-stored" },
    ],
    [
      "his own among several",
      own(reading("沪C77777", {}, "沪A12345")),
      "A",
      "沪A12345",
      { plate: "沪A12345", sure: true, choices: ["沪A12345"], photoId: "own-plate-stored" },
    ],
    [
      "the second driver's is in the first driver's picture",
      untyped(seen(null, reading("沪BD12345")), "A", "B"),
      "B",
      null,
      { plate: "沪BD12345", sure: true, choices: ["沪BD12345"], photoId: "other-plate-stored" },
    ],
    ["the first driver's picture is no plate of the second", own(reading("沪A12345")), "B", null, null],
    ["not what the other has typed", untyped(seen(null, reading("沪A12345")), "B"), "B", null, null],
    ["nor what the other has typed, from last time", untyped(seen(null), "B"), "B", "沪A12345", null],
    [
      "no plate was found, but remembered",
      own(NONE),
      "A",
      "沪A12345",
      { plate: "沪A12345", sure: true, choices: ["沪A12345"], photoId: null },
    ],
  ];
  for (const [name, accident, letter, last, expected] of table)
    it(name, () => assert.deepEqual(suggestedPlate(accident, letter, last), expected));
});

describe("a picture of the chat goes where it belongs", () => {
  const KNOWN = { A: ["沪A12345"], B: ["沪BD12345"] };
  const NOBODY = { A: [], B: [] };
  const announced = (slot: PhotoSlot): Photo => ({ ...photo(slot, "announced"), id: `new-${slot}` });
  const far = { box: { x: 200, y: 400, width: 80, height: 25 } };
  const bumper = { box: { x: 200, y: 400, width: 255, height: 80 } };
  const closeOf = (plate: string) => reading(plate);
  /** stored places, the announced pictures in their order (the last one is placed), what it shows */
  const table: [
    name: string,
    stored: PhotoSlot[],
    announced: PhotoSlot[],
    plates: PlateReading | null,
    known: typeof KNOWN | typeof NOBODY,
    expected: string,
  ][] = [
    ["the first one, no plate", [], ["scene"], NONE, NOBODY, "scene"],
    ["both cars with their plates far away", [], ["scene"], reading("沪A12345", far), KNOWN, "scene"],
    ["his own plate comes first", [], ["scene"], closeOf("沪A12345"), KNOWN, "own-plate"],
    ["the other's plate comes first", [], ["scene"], closeOf("沪BD12345"), KNOWN, "other-plate"],
    ["an unknown plate, both places open", [], ["scene"], closeOf("沪C77777"), NOBODY, "own-plate asked"],
    ["an unknown plate, one place open", ["own-plate"], ["scene"], closeOf("沪C77777"), NOBODY, "other-plate"],
    ["an unknown plate, none open", ["own-plate", "other-plate"], ["scene"], closeOf("沪C77777"), NOBODY, "scene"],
    ["his own plate once more", ["own-plate"], ["scene"], closeOf("沪A12345"), KNOWN, "scene"],
    ["his damaged bumper, plate and all", [], ["scene"], reading("沪A12345", bumper), KNOWN, "own-damage"],
    ["the other's bumper", ["scene"], ["own-damage"], reading("沪BD12345", bumper), KNOWN, "other-damage"],
    ["a bumper of whom nobody knows", ["scene"], ["own-damage"], reading("沪C77777", bumper), NOBODY, "own-damage"],
    ["two cars", ["own-damage"], ["own-damage"], reading("沪A12345", far, "沪BD12345"), NOBODY, "scene"],
    [
      "a plate from afar when only plates are missing",
      ["scene", "own-damage", "other-damage"],
      ["own-plate"],
      reading("沪BD12345", bumper),
      KNOWN,
      "other-plate",
    ],
    ["an unsure plate counts as it reads", [], ["scene"], reading("沪A12345", { sure: false }), KNOWN, "own-plate"],
    ["after a plate the next is the scene", ["own-plate"], ["own-damage"], NONE, NOBODY, "scene"],
    [
      "in its turn behind two that are on their way",
      [],
      ["scene", "own-damage", "other-damage"],
      NONE,
      NOBODY,
      "other-damage",
    ],
    [
      "only plates left, none to be read",
      ["scene", "own-damage", "other-damage"],
      ["own-plate"],
      NONE,
      NOBODY,
      "own-plate",
    ],
    [
      "the last one",
      ["scene", "own-damage", "other-damage", "own-plate"],
      ["other-plate"],
      NONE,
      NOBODY,
      "other-plate",
    ],
    ["a sixth one", [...PHOTO_SLOTS], ["extra"], closeOf("沪A12345"), KNOWN, "extra"],
    ["a sixth one while five are on their way", [], [...PHOTO_SLOTS, "extra"], NONE, NOBODY, "extra"],
    ["not read in time: where it was announced", ["scene"], ["own-damage"], null, KNOWN, "own-damage"],
    ["not read in time, and its place is taken", ["scene", "own-damage"], ["own-damage"], null, KNOWN, "other-damage"],
    ["not read in time, an extra", ["scene"], ["extra"], null, KNOWN, "extra"],
  ];
  for (const [name, stored, coming, plates, known, expected] of table)
    it(`${name}: ${expected}`, () => {
      const photos = [...stored.map((slot) => photo(slot)), ...coming.map(announced)];
      const { slot, isAsked } = placeOf({ photos }, photos.at(-1) as Photo, { plates, known });
      assert.equal(`${slot}${isAsked ? " asked" : ""}`, expected);
    });

  it("does not take the same unknown plate for both cars", () => {
    const first = { ...photo("own-plate"), plates: closeOf("沪C77777") };
    const next = announced("scene");
    const again = { plates: closeOf("沪C77777"), known: NOBODY };
    assert.equal(placeOf({ photos: [first, next] }, next, again).slot, "scene");
  });

  it("knows a car by the picture of its plate that stands there", () => {
    const plate = { ...photo("other-plate"), plates: closeOf("沪C77777") };
    const next = announced("scene");
    const damage = { plates: reading("沪C77777", bumper), known: NOBODY };
    assert.equal(placeOf({ photos: [plate, next] }, next, damage).slot, "other-damage");
    const asked = { ...plate, isAsked: true };
    assert.equal(placeOf({ photos: [asked, next] }, next, damage).slot, "scene", "not while it is asked whose");
  });

  const stored = (slot: PhotoSlot) => ({ ...photo(slot), id: `new-${slot}` });
  it("changes places with what stood there, and what was refused there is forgotten", () => {
    const [scene, plate] = [stored("scene"), stored("own-plate")];
    const refused = photo("own-plate", "refused");
    const moved = movedTo([scene, refused, plate], scene, { slot: "own-plate", isAsked: true });
    assert.deepEqual(
      moved.map(asStored).map(({ id, slot, isAsked }) => [id, slot, isAsked]),
      [
        ["new-scene", "own-plate", true],
        ["new-own-plate", "scene", false],
      ],
    );
  });

  it("and a plate that could not be read is missed only in its own place", () => {
    const blank = { ...photo("scene"), plates: NONE };
    const [there] = movedTo([blank], blank, { slot: "own-plate", isAsked: false });
    assert.deepEqual(asStored(there).findings, [{ code: "no-plate", level: "warns" }]);
    const [back] = movedTo([there as Photo], there as Photo, { slot: "extra", isAsked: false });
    assert.deepEqual(asStored(back).findings, []);
  });

  it("and is no doubt while it is asked whose it is, until both have typed another", () => {
    const asked = { ...photo("own-plate"), plates: closeOf("沪C77777"), isAsked: true };
    const both = readyToSign({ photos: [asked] });
    assert.deepEqual(plateDoubts(untyped(both, "B")), []);
    assert.deepEqual(
      plateDoubts(both).map(({ party }) => party),
      ["A"],
    );
  });

  it("the question is answered by whoever types that plate", () => {
    const asked = { ...photo("own-plate"), plates: closeOf("沪BD12345"), isAsked: true };
    const open = readyToSign({ photos: [asked] });
    assert.equal(answeredByDetails(open)?.slot, "other-plate");
    assert.equal(answeredByDetails(untyped(open, "B")), null);
    assert.equal(answeredByDetails({ ...open, photos: [{ ...asked, isAsked: false }] }), null);
    const counterpart = { ...photo("other-plate"), plates: closeOf("沪A12345") };
    const both = untyped(readyToSign({ photos: [{ ...asked, plates: closeOf("沪C77777") }, counterpart] }), "B");
    assert.equal(answeredByDetails(both)?.slot, "other-plate", "his own is the other picture");
  });
});

describe("further photographs by what happened", () => {
  let rules: Config["rules"];
  before(async () => {
    rules = await cityRules();
  });

  it("the lights, the lines, the sign", () => {
    const table: [acts: string[], wanted: string[]][] = [
      [["QS-01", "none"], []],
      [["QS-07", "none"], ["traffic-light"]],
      [["QS-02"], ["lane-lines"]],
      [["QS-03"], ["lane-lines", "road-sign"]],
      [["QS-17"], ["road-sign"]],
      [
        ["QS-07", "QS-02"],
        ["traffic-light", "lane-lines"],
      ],
      [["unheard-of"], []],
    ];
    for (const [acts, wanted] of table) assert.deepEqual(extrasFor(acts, rules.catalogue), wanted, acts.join());
    assert.ok(rules.catalogue.acts.every(({ photos }) => Array.isArray(photos)));
  });

  it("by his own statement only, until both have stated; what is there is not asked for", () => {
    const base = readyToSign();
    const mine = withParty(base, "A", { statement: statement("QS-07", "none") });
    const open = withParty(mine, "B", { statement: null });
    assert.deepEqual(wantedExtras(open, "A", rules.catalogue), ["traffic-light"]);
    assert.deepEqual(wantedExtras(open, "B", rules.catalogue), [], "what A stated is not B's to know");
    assert.deepEqual(
      wantedExtras(withParty(mine, "B", { statement: statement("QS-02", "none") }), "B", rules.catalogue),
      ["traffic-light", "lane-lines"],
    );
    const there = { ...mine, photos: [...mine.photos, photo("traffic-light")] };
    assert.deepEqual(wantedExtras(there, "A", rules.catalogue), []);
    const refused = { ...mine, photos: [...mine.photos, photo("traffic-light", "refused")] };
    assert.deepEqual(wantedExtras(refused, "A", rules.catalogue), ["traffic-light"]);
  });

  it("a view tells each driver what the pictures show, and never what the other typed before it may be read", () => {
    const accident = seen(reading("沪A12346", {}, "沪Z99999"), reading("苏BD12345"));
    const early = withParty(accident, "B", { statement: null });
    const of = (state: Accident, letter: Letter) => viewOf(state, letter, rules.catalogue);
    const typed = (state: Accident, letter: Letter) =>
      of(state, letter).plateDoubts.map((one) => [one.party, one.typed]);
    assert.deepEqual(typed(early, "A"), [
      ["A", "沪A12345"],
      ["B", null],
    ]);
    assert.deepEqual(typed(early, "B"), [
      ["A", null],
      ["B", "沪BD12345"],
    ]);
    assert.ok(!JSON.stringify(of(early, "A")).includes("沪BD12345"));
    assert.ok(!JSON.stringify(of(early, "B")).includes("沪A12345"));
    assert.ok(!JSON.stringify(of(early, "B")).includes("沪Z99999"), "of other cars nobody need read");
    assert.deepEqual(
      typed(accident, "B"),
      [
        ["A", "沪A12345"],
        ["B", "沪BD12345"],
      ],
      "the agreement holds both",
    );
  });

  it("a view tells what is wrong with a picture to him who took it, and asks the first driver only", () => {
    const findings = [{ code: "blurred", level: "warns" } as const];
    const asked = { ...photo("own-plate"), findings, isAsked: true };
    const accident = opened({
      photos: [asked],
      photoTries: { scene: 1 },
      parties: { A: newParty("A"), B: newParty("B") },
    });
    const [a, b] = [viewOf(accident, "A", rules.catalogue), viewOf(accident, "B", rules.catalogue)];
    assert.deepEqual([a.photos[0]?.findings, b.photos[0]?.findings], [findings, []]);
    assert.deepEqual([a.askedPhoto, b.askedPhoto], [asked.id, null]);
    assert.deepEqual(a.photoTries, { scene: 1 });
  });
});
