import assert from "node:assert/strict";
import { it } from "node:test";
import { dayTimeText, timeText } from "../../src/h5/times.ts";

it("a time is told with its day unless it is today's, and with its year in another one", () => {
  const now = new Date("2026-11-23T06:05:00Z");
  const at = (text: string) => [timeText(new Date(text), now, "zh"), dayTimeText(new Date(text), now, "en")];
  assert.deepEqual(at("2026-11-22T16:30:00Z"), ["00:30", "23 Nov 00:30"]);
  assert.deepEqual(at("2026-11-22T15:30:00Z"), ["11月22日 23:30", "22 Nov 23:30"]);
  assert.deepEqual(at("2025-11-23T06:05:00Z"), ["2025年11月23日 14:05", "23 Nov 2025 14:05"]);
});
