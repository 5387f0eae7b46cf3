import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Accident, ChainedEvent, EventType } from "../../src/domain/accident.ts";
import { evidenceEnds } from "../../src/domain/evidence-life.ts";

const DAY_MS = 24 * 3600_000;
const START = Date.parse("2026-11-02T04:00:00Z");

/** Steps as "day type ref"; the accident has the claims A and B. */
function endsOnDay(...steps: string[]): number {
  const events = steps.map((step, index) => {
    const [day, type, ref] = step.split(" ");
    return {
      seq: index + 1,
      type: type as EventType,
      at: new Date(START + Number(day) * DAY_MS),
      data: ref ? { ref } : {},
    };
  });
  const claims = [{ ref: "A" }, { ref: "B" }];
  const accident = { claims, events: events as unknown as ChainedEvent[] } as Pick<Accident, "claims" | "events">;
  return (evidenceEnds(accident).getTime() - START) / DAY_MS;
}

const BOTH = ["0 claim-submitted A", "0 claim-submitted B"];

describe("links to the evidence", () => {
  const cases: [string, string[], number][] = [
    ["seven days after both were delivered", ["0 claim-delivered A", "1 claim-delivered B"], 8],
    ["ninety days after they were submitted while one is under way", ["0 claim-delivered A"], 90],
    ["seven days after one was delivered and one given up", ["0 claim-delivered A", "4 claim-undeliverable B"], 11],
    [
      "ninety days after what was given up was sent again",
      ["0 claim-delivered A", "4 claim-undeliverable B", "30 claim-resent"],
      120,
    ],
    [
      "seven days after that one was delivered",
      ["0 claim-delivered A", "4 claim-undeliverable B", "30 claim-resent", "31 claim-delivered B"],
      38,
    ],
    ["whatever else happens afterwards", ["0 claim-delivered A", "1 claim-delivered B", "5 claim-status-changed B"], 8],
  ];
  for (const [name, steps, day] of cases) it(`end ${name}`, () => assert.equal(endsOnDay(...BOTH, ...steps), day));

  it("end at once where there is no claim", () => assert.ok(endsOnDay("0 agreement-concluded") < 0));
});
