import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { giveDetails } from "../../src/actions/give-details.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { DETAILS } from "../support/drivers.ts";
import { openPair } from "./settle-driver.ts";

const fixtures = new URL("../../../test/fixtures/", import.meta.url).pathname;

let app: TestApp;
before(async () => {
  app = await startApp({
    env: { RULES_DIR: join(fixtures, "second-city"), CONFIG_FILE: join(fixtures, "second-city.yaml") },
  });
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

describe("a second city, which is a folder and a file of settings", () => {
  it("asks drivers what it excludes, under its own name and law", async () => {
    const text = async (path: string) => (await fetch(app.url + path)).text();
    const end = await text("/h5/ends/move-then-call?because=flooded-road");
    assert.match(end, /事故现场路面积水/);
    assert.match(end, /《某市道路交通管理条例》第一条/);
    assert.match(await text("/h5/privacy"), /某市/);
  });

  it("has its own acts on the page of the statement, and its own rule for what both of them mean", async () => {
    const { id, A, B } = await openPair(app);
    for (const letter of ["A", "B"] as const)
      await giveDetails(app.ctx, { accidentId: id, letter, details: DETAILS[letter] });
    const { html } = await A.get("statement");
    assert.match(html, /变更车道未让行[\s\S]*未与前车保持安全距离/);
    assert.doesNotMatch(html, /追尾前车/);
    await A.post("statement", { ownAct: "QS-02", otherAct: "QS-01", impact: "front", note: "" });
    const { location } = await B.post("statement", { ownAct: "QS-01", otherAct: "QS-02", impact: "rear", note: "" });
    assert.equal(location, "difference");
  });
});
