import { it } from "node:test";
import { holdsNoMore, PROMISED } from "../support/puppet-memory.ts";

/** A part that fits into some seconds of a test; the bound is the same. */
const PART = 10;

it("holds no more memory after a tenth of a million messages of 10,000 people than before", async () => {
  await holdsNoMore({ messages: PROMISED.messages / PART, people: PROMISED.people / PART });
});
