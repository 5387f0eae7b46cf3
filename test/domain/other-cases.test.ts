import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Accident, Details } from "../../src/domain/accident.ts";
import { otherCases, seenBefore } from "../../src/domain/other-cases.ts";
import { concludedAccident } from "../support/concluded-accident.ts";

const hour = (n: number) => new Date(Date.UTC(2026, 9, 1, n));

function caseAt(id: string, at: Date, details: Partial<Details>): Accident {
  const draft = concludedAccident({ id, number: `KC20261001-${id}`, at });
  const { A, B } = draft.parties;
  const named = { ...(A.details as Details), ...details };
  return { ...draft, parties: { A: { ...A, details: named }, B }, version: 1, key: Buffer.alloc(64), events: [] };
}

describe("other cases of the same people", () => {
  const shown = caseAt("000001", hour(9), { plate: "沪A00001", phone: "13900000001" });
  const unlike = { plate: "沪A00009", phone: "13900000009" };
  const later = { ...caseAt("000002", hour(20), { ...unlike, plate: "沪A00001" }) };
  const before = caseAt("000003", hour(7), unlike);
  const strip = (one: Accident): Accident => ({ ...one, parties: { ...one.parties, B: null } });

  it("stand the nearest in time first, with what is the same and in whose part", () => {
    const pictures = [{ party: "B" as const, accidentId: before.id }];
    const found = otherCases(shown, [shown, strip(later), strip(before)], pictures);
    assert.deepEqual(
      found.map(({ number, hoursApart, same }) => ({ number, hoursApart, same })),
      [
        { number: before.number, hoursApart: 2, same: [{ party: "B", what: "picture" }] },
        { number: later.number, hoursApart: 11, same: [{ party: "A", what: "plate" }] },
      ],
    );
  });

  it("are looked for by the pictures alone of which that was found when they came", () => {
    const [first, ...rest] = shown.photos;
    assert.deepEqual(seenBefore(shown), []);
    const photos = [
      { ...first, imageHash: "00ff", findings: [{ code: "seen-before" }] },
      ...rest,
    ] as Accident["photos"];
    assert.deepEqual(seenBefore({ photos }), [{ party: "A", imageHash: "00ff" }]);
  });
});
