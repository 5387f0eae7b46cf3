import assert from "node:assert/strict";
import { after, test } from "node:test";
import { CITY, city } from "../bench/city.ts";
import { closeDatabase } from "../support/database.ts";
import { amount } from "./amount.ts";

const SECONDS = amount(CITY.seconds);
/** Below so long the servers are still warming up, and nothing can be said of growth. */
const ENOUGH_S = 300;
/** How far the floor of the last third may lie above that of the middle third. */
const MOST_GROWTH = 1.15;

after(closeDatabase);

test(`two processes on one database settle half an accident a second for ${SECONDS} s without an error`, async (t) => {
  const pushSeconds = amount(CITY.pushSeconds);
  const figures = await city({ ...CITY, seconds: SECONDS, pushSeconds }, (line) => t.diagnostic(line));
  t.diagnostic(JSON.stringify(figures));
  assert.equal(figures.errors, 0);
  const [, middle, last] = figures.memoryMb;
  if (SECONDS >= ENOUGH_S) assert.ok(last <= middle * MOST_GROWTH, `${middle} MB grew to ${last} MB`);
});
