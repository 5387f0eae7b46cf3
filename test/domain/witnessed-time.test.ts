import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { afterStep, type Gap, witnessedAgo } from "../../src/domain/witnessed-time.ts";

const hour = (n: number) => new Date(Date.UTC(2026, 0, 1, n));
const gap = (from: number, to: number): Gap => ({ from: hour(from), to: hour(to) });
const H = 3_600_000;

describe("witnessed time", () => {
  const cases: [string, number, number, Gap[], number, number][] = [
    ["without gaps is time", 100, 24, [], 0, 76],
    ["does not contain a gap", 100, 24, [gap(80, 90)], 0, 66],
    ["ends where a gap ends", 100, 10, [gap(80, 90)], 0, 90],
    ["does not contain several, in whatever order", 100, 24, [gap(60, 70), gap(80, 90)], 0, 56],
    ["knows a gap up to now", 100, 24, [gap(40, 100)], 0, 16],
    ["does not count what two gaps share twice", 100, 24, [gap(70, 90), gap(80, 90)], 0, 56],
    ["contains gaps that are short enough", 100, 24, [gap(80, 90)], 10 * H, 76],
  ];
  for (const [what, now, hours, gaps, over, expected] of cases)
    it(what, () => assert.deepEqual(witnessedAgo(hour(now), hours * H, gaps, over), hour(expected)));
});

describe("a step of the clock", () => {
  it("forward is a gap, within the hour is none", () => {
    assert.deepEqual(afterStep([], hour(1), hour(2)), []);
    assert.deepEqual(afterStep([], hour(1), hour(30)), [gap(1, 30)]);
  });

  it("back takes back what lies ahead", () => {
    assert.deepEqual(afterStep([gap(1, 30)], hour(31), hour(3)), [gap(1, 3)]);
    assert.deepEqual(afterStep([gap(1, 2), gap(10, 30)], hour(31), hour(5)), [gap(1, 2)]);
    assert.deepEqual(afterStep([gap(1, 30)], hour(31), hour(30)), [gap(1, 30)]);
  });
});
