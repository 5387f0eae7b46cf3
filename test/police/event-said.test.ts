import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { recordClaimStatus } from "../../src/actions/record-claim-status.ts";
import { type Accident, LANGUAGES, type Language, type NewEvent } from "../../src/domain/accident.ts";
import { causeOfEvent, factsOfEvent, type Reading } from "../../src/police/event-said.ts";
import { historyLines } from "../../src/police/print-lines.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { conclude } from "../support/claims-house.ts";
import { closeDatabase } from "../support/database.ts";
import { signedInOfficer } from "../support/desk-client.ts";

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const readingOf = (language: Language): Reading => ({
  config: app.config,
  t: app.ctx.render.words(language),
  language,
});
const said = (type: NewEvent["type"], data: NewEvent["data"], language: Language = "zh") =>
  factsOfEvent({ type, data }, readingOf(language));

/** A case that is settled, its claim paid. */
async function paidCase(): Promise<Accident> {
  const { id, number } = await conclude(app.ctx, { at: app.clock.now() });
  await app.settle();
  await recordClaimStatus(app.ctx, {
    insurerCode: "PICC",
    ref: `${number}-A`,
    webhookId: "st_1",
    status: { status: "paid", insurerClaimNo: "P-1", amounts: { paidFen: 123450 } },
  });
  return app.ctx.accidents.get(id);
}

describe("the record of a case, for people", () => {
  it("says what was recorded in words, by the name of each fact", () => {
    assert.equal(said("accident-opened", { vehicles: "two" }), "涉事车辆：两辆");
    assert.equal(said("consent-given", { to: "sensitive", textVersion: "2026-12-02" }), "对象：敏感个人信息");
    assert.equal(
      said("photo-stored", {
        photo: "x1",
        slot: "own-plate",
        source: "form",
        complete: true,
        findings: ["dark", "blurred"],
      }),
      "照片：甲方号牌；检查提示：过暗、模糊",
    );
    assert.equal(
      said("photo-moved", { photo: "x1", from: "own-plate", to: "other-plate" }),
      "原位置：甲方号牌；对象：乙方号牌",
    );
    assert.equal(said("evidence-asked", { to: "B", what: "sentence", request: "r" }), "对象：乙方；材料：文字说明");
    assert.equal(
      said("statement-given", { ownAct: "none", otherAct: "QS-01", impact: "rear", outcome: "different" }, "en"),
      "what they did: No fault (driving normally or lawfully parked); what the other did: Rear-ended the car in front; point of impact: rear; both statements: differ",
    );
    assert.equal(
      said("claim-status-changed", { ref: "K-A", message: "st_1", sequence: 2, status: "paid", paidFen: 123450 }, "en"),
      "reference: K-A; status: paid; paid: 1234.50 yuan",
    );
  });

  it("leaves out what is for machines, and what nobody has words for", () => {
    assert.equal(said("party-removed", { person: "3cd0bb" }), "");
    assert.equal(said("photo-refused", { photo: "x1", slot: "extra", refusal: "of-tomorrow" }), "照片：其他");
    assert.equal(said("details-given", { insurer: "NEW", vehicleKind: "02" }), "机动车种类：小型汽车");
    assert.equal(said("claim-status-changed", { stale: false }), "");
  });

  it("has a name in both languages for each fact that is said", async () => {
    const { events } = await paidCase();
    for (const language of LANGUAGES)
      for (const event of events) assert.doesNotMatch(factsOfEvent(event, readingOf(language)), /^[：:]|[；;] ?[：:]/);
  });

  it("names insurers, not their codes", () => {
    const cause = (by: string, language: Language) => causeOfEvent(by, readingOf(language));
    assert.equal(cause("insurer:PICC", "zh"), "人保财险");
    assert.equal(cause("insurer:GONE", "zh"), "GONE");
    assert.deepEqual([cause("A", "zh"), cause("system", "en")], ["甲方", "system"]);
  });

  it("stands so in the file at the desk and in the print for the court", async () => {
    const accident = await paidCase();
    const officer = await signedInOfficer(app, { number: "E-1", role: "supervisor" });
    const html = await (await officer.get(`/police/cases/${accident.id}`)).text();
    for (const text of ["sent: for that insurer to handle", "PICC Property &amp; Casualty", "paid: 1234.50 yuan"])
      assert.ok(html.includes(text), text);
    assert.doesNotMatch(html, /insurer:PICC|paidFen|textVersion/);
    const printed = historyLines(accident, readingOf("zh"), String).join("\n");
    assert.match(printed, /人保财险 {2}理赔进度更新 {2}.*赔付金额：1234\.50 元/);
    assert.doesNotMatch(printed, /[a-z]{3}/);
  });
});
