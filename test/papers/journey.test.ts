import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { STEPS } from "../../src/domain/journey.ts";
import { JOURNEY_FILE, journeyPage } from "./journey.ts";

describe("docs/journey.md", () => {
  it("is what the table of steps says (npm run journey)", () => {
    assert.equal(readFileSync(JOURNEY_FILE, "utf8"), journeyPage());
  });

  it("has each step in its table", () => {
    for (const step of STEPS) assert.ok(journeyPage().includes(`| \`${step}\` |`), step);
  });
});
