import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pino } from "pino";
import { createRefusals } from "../src/refusals.ts";
import { standingClock } from "./support/clocks.ts";

describe("what the doors for machines refuse", () => {
  it("is one line at the first and then one a minute with the counts since, and a number in all", () => {
    const lines: { door: string; reasons: Record<string, number> }[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
    const timer = standingClock();
    const refusals = createRefusals({ log, timer });
    const said = () => lines.splice(0).map(({ door, reasons }) => [door, reasons]);

    refusals.add({ door: "push", reason: "token" });
    assert.deepEqual(said(), [["push", { token: 1 }]]);
    for (let count = 0; count < 40; count++) refusals.add({ door: "push", reason: "clock" });
    refusals.add({ door: "push", reason: "form", field: "MediaId" });
    refusals.add({ door: "status", reason: "signature" });
    assert.deepEqual(said(), [["status", { signature: 1 }]]);
    timer.advance(60_000);
    assert.deepEqual(said(), [["push", { clock: 40, "form.MediaId": 1 }]]);
    timer.advance(60_000);
    assert.deepEqual(said(), [], "nothing new, nothing said");
    refusals.add({ door: "push", reason: "token" });
    assert.deepEqual(said(), [["push", { token: 1 }]]);
    assert.deepEqual(refusals.counts(), { push: { token: 2, clock: 40, form: 1 }, status: { signature: 1 } });
  });
});
