import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Position } from "../../src/domain/accident.ts";
import { hammingDistance, looksLike } from "../../src/domain/image-hash.ts";
import {
  type FindingCode,
  PHOTO_SLOTS,
  type Photo,
  type PhotoMeasures,
  type PhotoSlot,
  type StoredPhoto,
  type Taken,
} from "../../src/domain/photo.ts";
import {
  blockOf,
  type Examination,
  findingsOf,
  judgedAgain,
  judgedByPlates,
  takenFindings,
  twinOf,
} from "../../src/domain/photo-findings.ts";
import { metresBetween } from "../../src/domain/positions.ts";
import { AT, opened, photo } from "./accident-builder.ts";

const HASH = "9793319a5d81157e";
/** `bits` of the hash turned over, from the left */
const hashWith = (bits: number, hash = HASH): string =>
  (BigInt(`0x${hash}`) ^ ((2n ** BigInt(bits) - 1n) << BigInt(64 - bits))).toString(16).padStart(16, "0");

const FINE: PhotoMeasures = {
  sharpness: 480,
  brightness: 118,
  highlights: 235,
  blackPermille: 20,
  whitePermille: 10,
  isScreenshot: false,
  isScreen: false,
};

const codesOf = (one: Photo) => (one.state === "stored" ? one.findings.map(({ code }) => code) : []);

const picture = (over: Partial<Examination> = {}): Examination => ({
  by: "A",
  slot: "scene",
  width: 4032,
  height: 3024,
  sha256: "a".repeat(64),
  imageHash: HASH,
  measures: FINE,
  taken: null,
  isSeenBefore: false,
  ...over,
});
const measured = (over: Partial<PhotoMeasures>) => picture({ measures: { ...FINE, ...over } });

const said = (examination: Examination, accident = opened()): string[] =>
  findingsOf(examination, accident).map(({ code, level }) => `${level} ${code}`);

describe("a picture is judged by what was measured", () => {
  const table: [name: string, Examination, ...findings: string[]][] = [
    ["a sharp one in daylight", picture()],
    ["a slight shake", measured({ sharpness: 110 })],
    ["out of focus", measured({ sharpness: 20 }), "warns blurred"],
    ["nothing but a blur", measured({ sharpness: 4 }), "blocks blurred"],
    ["dark, but as sharp as the light lets it be", measured({ sharpness: 56, highlights: 70, brightness: 35 })],
    ["a dim garage", measured({ highlights: 122, brightness: 48, sharpness: 359 })],
    ["hardly any light", measured({ highlights: 37, brightness: 16, sharpness: 14 }), "warns dark"],
    ["headlights in the night", measured({ highlights: 150, brightness: 14, blackPermille: 900 }), "warns dark"],
    ["a finger over the lens", measured({ highlights: 18, brightness: 9, sharpness: 5 }), "blocks dark"],
    ["all black", measured({ highlights: 0, brightness: 0, sharpness: 0 }), "blocks dark", "blocks blurred"],
    ["the sun in the lens", measured({ whitePermille: 650 }), "warns overexposed"],
    ["a white car in the sun", measured({ whitePermille: 130, brightness: 157 })],
    ["the size of a stamp", picture({ width: 320, height: 240 }), "blocks too-small"],
    ["479 pixels", picture({ width: 300, height: 479 }), "blocks too-small"],
    ["480 pixels", picture({ width: 480, height: 300 }), "warns too-small"],
    ["799 pixels upright", picture({ width: 600, height: 799 }), "warns too-small"],
    ["800 pixels", picture({ width: 800, height: 600 })],
    ["a screenshot", measured({ isScreenshot: true }), "warns screenshot"],
    ["a photo of a screen", measured({ isScreen: true }), "warns screen"],
    ["seen in another case", picture({ isSeenBefore: true }), "warns seen-before"],
    [
      "what blocks comes first",
      picture({ width: 400, height: 300, isSeenBefore: true, measures: { ...FINE, whitePermille: 700, sharpness: 3 } }),
      "blocks too-small",
      "blocks blurred",
      "warns overexposed",
      "warns seen-before",
    ],
  ];
  for (const [name, examination, ...findings] of table)
    it(`${name}: ${findings.join(", ") || "nothing"}`, () => assert.deepEqual(said(examination), findings));
});

describe("the same picture twice", () => {
  const there = (slot: PhotoSlot, over: Partial<StoredPhoto> = {}): StoredPhoto => ({
    ...photo(slot),
    imageHash: HASH,
    ...over,
  });
  const table: [name: string, there: Photo, taken: Partial<Examination>, ...findings: string[]][] = [
    ["in another mandatory place", there("own-damage"), {}, "blocks same-picture"],
    ["in the same place: a retake", there("scene"), {}],
    ["a mandatory one among the extras", there("own-damage"), { slot: "extra" }, "warns same-picture"],
    ["an extra one as a mandatory", there("extra"), {}, "warns same-picture"],
    ["two extras", there("extra"), { slot: "extra" }, "warns same-picture"],
    ["the lights and the scene", there("traffic-light"), {}, "warns same-picture"],
    ["6 bits apart", there("own-damage"), { imageHash: hashWith(6) }, "blocks same-picture"],
    ["7 bits apart", there("own-damage"), { imageHash: hashWith(7) }],
    ["one that was refused", photo("own-damage", "refused"), {}],
    ["one on its way", photo("own-damage", "announced"), {}],
    ["of which no hash is known", there("own-damage", { imageHash: null }), {}],
    [
      "the same bytes without a hash",
      there("own-damage", { imageHash: null, sha256: "a".repeat(64) }),
      {},
      "blocks same-picture",
    ],
    ["two nights alike", there("own-damage", { imageHash: "0000000000000001" }), { imageHash: "0000000000000000" }],
    ["two white walls", there("own-damage", { imageHash: "ffffffffffffffff" }), { imageHash: "ffffffffffffffff" }],
  ];
  for (const [name, other, over, ...findings] of table)
    it(`${name}: ${findings.join(", ") || "nothing"}`, () =>
      assert.deepEqual(said(picture(over), opened({ photos: [other] })), findings));

  it("names the mandatory one of several", () => {
    const photos = [there("extra"), there("other-damage")];
    assert.equal(twinOf(picture(), photos)?.slot, "other-damage");
  });

  it("counts the bits that differ", () => {
    for (const bits of [0, 1, 3, 6, 16, 33, 64]) assert.equal(hammingDistance(HASH, hashWith(bits)), bits);
    assert.ok(looksLike(HASH, hashWith(6)));
    assert.ok(!looksLike(HASH, hashWith(7)));
  });
});

describe("EXIF against the accident", () => {
  const place = (over: Partial<Position> = {}): Position => ({
    lat: 31.2304,
    lng: 121.4737,
    crs: "GCJ-02",
    accuracyM: null,
    label: null,
    ...over,
  });
  /** so many metres to the north */
  const north = (metres: number) => ({ lat: 31.2304 + metres / 111_195, lng: 121.4737 });
  const hours = (count: number) => new Date(AT.getTime() + count * 3600_000);
  const table: [name: string, Taken | null, Position | null, ...findings: FindingCode[]][] = [
    ["nothing in it says nothing", null, place()],
    ["a minute ago, at the place", { at: hours(-0.02), position: north(5) }, place()],
    ["23 hours before", { at: hours(-23), position: null }, place()],
    ["25 hours before", { at: hours(-25), position: null }, place(), "taken-earlier"],
    ["25 hours after: a clock that is wrong", { at: hours(25), position: null }, place(), "taken-earlier"],
    ["600 m away: the two systems differ by so much", { at: null, position: north(600) }, place()],
    ["2,600 m away", { at: null, position: north(2_600) }, place()],
    ["2,800 m away", { at: null, position: north(2_800) }, place(), "taken-elsewhere"],
    ["2,800 m away, the accident known to 500 m", { at: null, position: north(2_800) }, place({ accuracyM: 500 })],
    ["2,800 m away in WGS-84", { at: null, position: north(2_800) }, place({ crs: "WGS-84" }), "taken-elsewhere"],
    ["far away, the accident's place unknown", { at: null, position: north(90_000) }, null],
    [
      "last year in Suzhou",
      { at: hours(-8_760), position: north(90_000) },
      place(),
      "taken-earlier",
      "taken-elsewhere",
    ],
  ];
  for (const [name, taken, position, ...findings] of table)
    it(`${name}: ${findings.join(", ") || "nothing"}`, () => {
      const found = takenFindings(taken, { at: AT, position });
      assert.deepEqual(
        found,
        findings.map((code) => ({ code, level: "warns" })),
      );
    });

  it("measures over the ground: People's Square to Hongqiao is 13 km", () => {
    const distance = metresBetween({ lat: 31.2304, lng: 121.4737 }, { lat: 31.1979, lng: 121.3363 });
    assert.ok(Math.abs(distance - 13_560) < 100, String(distance));
    assert.equal(metresBetween(place(), place()), 0);
  });

  it("speaks for the pictures that were there before the place was known, once", () => {
    const far = { ...photo("scene"), taken: { at: null, position: north(9_000) } };
    const near = { ...photo("own-plate"), taken: { at: AT, position: north(9) } };
    const byB = { ...far, id: "of-b", by: "B" as const };
    const scene = { ...opened().scene, positions: { A: place(), B: null } };
    const judged = judgedAgain(opened({ photos: [far, near, byB], scene }));
    assert.deepEqual(judged.map(codesOf), [["taken-elsewhere"], [], []], "by the phone of the driver who took it");
    assert.equal(judgedAgain(opened({ photos: judged, scene })), judged, "nothing new changes nothing");
    const anew = { ...scene, positions: { A: { ...place(), ...north(9_000) }, B: place() } };
    const again = judgedAgain(opened({ photos: judged, scene: anew }));
    assert.deepEqual(again.map(codesOf), [[], ["taken-elsewhere"], ["taken-elsewhere"]], "judged anew");
  });
});

describe("a picture is sent back", () => {
  const blurred = findingsOf(measured({ sharpness: 2 }), opened());

  it("twice for each place, and the third time taken as it is", () => {
    const blocked = [{}, { scene: 1 }, { scene: 2 }, { scene: 5 }, { "own-plate": 2 }].map(
      (photoTries) => blockOf({ photoTries }, "scene", blurred)?.code ?? null,
    );
    assert.deepEqual(blocked, ["blurred", "blurred", null, null, "blurred"]);
  });

  it("never for what is only a warning", () => {
    const warned = findingsOf(measured({ whitePermille: 900, isScreen: true, isScreenshot: true }), opened());
    assert.equal(warned.length, 3);
    for (const slot of PHOTO_SLOTS) assert.equal(blockOf({ photoTries: {} }, slot, warned), null);
  });
});

describe("a plate that cannot be read", () => {
  const none = { best: null, others: [] };
  const box = { x: 100, y: 100, width: 300, height: 90 };
  const one = { best: { plate: "沪A12345", sure: false, gap: 90, box, runnersUp: [] }, others: [] };
  it("is a finding of a picture of a plate, and of no other", () => {
    for (const slot of PHOTO_SLOTS) {
      const codes = judgedByPlates(photo(slot), none).findings.map(({ code }) => code);
      assert.deepEqual(codes, slot.endsWith("plate") ? ["no-plate"] : [], slot);
    }
  });

  it("is none any more when one was read after all", () => {
    const judged = judgedByPlates(judgedByPlates(photo("own-plate"), none), one);
    assert.deepEqual([judged.findings, judged.plates], [[], one]);
  });
});
