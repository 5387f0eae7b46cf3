import assert from "node:assert/strict";
import { test } from "node:test";
import { createSingleFlight } from "../src/single-flight.ts";

test("equal calls of one moment run once and share the outcome; a later one runs anew, after a failure too", async () => {
  const single = createSingleFlight();
  let runs = 0;
  const run = async () => ++runs;
  assert.deepEqual(await Promise.all([single("a", run), single("a", run), single("b", run)]), [1, 1, 2]);
  assert.equal(await single("a", run), 3);
  const fail = () => Promise.reject(new Error(String(++runs)));
  const both = await Promise.allSettled([single("a", fail), single("a", fail)]);
  assert.deepEqual(
    both.map((one) => one.status === "rejected" && one.reason.message),
    ["4", "4"],
  );
  assert.equal(await single("a", run), 5);
});
