import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { actOnDispute } from "../../src/actions/act-on-dispute.ts";
import { giveStatement } from "../../src/actions/give-statement.ts";
import { issueDetermination } from "../../src/actions/issue-determination.ts";
import { voidLetterNumbers } from "../../src/actions/void-letter-numbers.ts";
import type { DeterminationDraft } from "../../src/domain/determination.ts";
import type { Officer, Role } from "../../src/domain/officer.ts";
import { addWorkingDays } from "../../src/domain/working-days.ts";
import { ACTS, readyPair } from "../h5/settle-driver.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";

const draft: DeterminationDraft = {
  facts: "甲车由西向东行驶，与前方停车等候的乙车追尾。",
  causes: "甲车未与前车保持足以采取紧急制动措施的安全距离。",
  articles: ["《中华人民共和国道路交通安全法》第四十三条"],
  evidence: [1, 2],
  degrees: { A: "primary", B: "secondary" },
};
const officerOf = (role: Role): Officer => ({
  ...{ id: `id-${role}`, number: `03-${role}`, name: "赵䶮", role },
  ...{ district: null, state: "active" as const },
});
const officer = officerOf("officer");
const supervisor = officerOf("supervisor");
const desk = { officerId: officer.id, role: officer.role, district: null };

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

/** Both say that the other drove into them, have applied together, and the officer has the case. */
async function inHand(): Promise<string> {
  const { ctx } = app;
  const { id } = await readyPair(app);
  await giveStatement(ctx, {
    accidentId: id,
    letter: "A",
    statement: { ...ACTS.A, ownAct: "none", otherAct: "QS-01" },
  });
  await actOnDispute(ctx, id, { type: "propose", by: "A" });
  await actOnDispute(ctx, id, { type: "agree", by: "B" });
  await actOnDispute(ctx, id, { type: "take-application", by: desk });
  return id;
}

const numbersOf = async (accidentId: string) =>
  (await app.ctx.letterNumbers.list({}, 100)).filter((row) => row.accidentId === accidentId);
const lettersOf = async (id: string) => (await app.ctx.accidents.get(id)).dispute?.determinations ?? [];

describe("the issue of a determination letter", () => {
  it("takes a number, keeps PDF and pages with the case, and tells both", async () => {
    const accidentId = await inHand();
    const accident = await issueDetermination(app.ctx, { accidentId, officer, draft });
    const [letter] = await lettersOf(accidentId);
    assert.ok(letter);
    const { content } = letter;
    assert.match(letter.number, /^000000\d{4}\d{6}$/);
    assert.deepEqual([content.letterNumber, content.caseNumber], [letter.number, accident.number]);
    assert.deepEqual([content.parties.A.degree, content.officer.name], ["primary", "赵䶮"]);
    const { until } = addWorkingDays(letter.issuedAt, 3, app.ctx.config.rules.calendar);
    assert.deepEqual(content.reviewLastDay, until);
    const pdf = await app.ctx.blobs.read(accident, letter.pdfSha256);
    assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
    for (const sha256 of letter.pngSha256)
      assert.equal((await app.ctx.blobs.read(accident, sha256)).toString("latin1", 1, 4), "PNG");
    const [number, ...others] = await numbersOf(accidentId);
    assert.deepEqual([number?.number, number?.state, others.length], [letter.number, "issued", 0]);
    assert.ok(accident.events.some(({ type, data }) => type === "letter-issued" && data["number"] === letter.number));
  });

  it("of a faulty draft, of a case that is not in this officer's hands, or by an auxiliary takes no number", async () => {
    const accidentId = await inHand();
    const refused: [Parameters<typeof issueDetermination>[1], string][] = [
      [{ accidentId, officer, draft: { ...draft, articles: [] } }, "no-article"],
      [{ accidentId, officer, draft: { ...draft, evidence: [99] } }, "unknown-picture"],
      [{ accidentId, officer, draft: { ...draft, degrees: { A: "full", B: "secondary" } } }, "impossible-degrees"],
      [{ accidentId, officer: { ...officer, id: "another" }, draft }, "taken"],
      [{ accidentId, officer: officerOf("auxiliary"), draft }, "not-for-role"],
      [{ accidentId, officer, draft, seen: "another letter" }, "case-changed"],
      [{ accidentId, officer: supervisor, draft, replaceReason: "笔误" }, "wrong-step"],
    ];
    for (const [input, code] of refused) await assert.rejects(issueDetermination(app.ctx, input), { code }, code);
    assert.deepEqual(await numbersOf(accidentId), []);
    assert.deepEqual(await lettersOf(accidentId), []);
  });

  it("twice at the same second leaves one letter, and the other number void with its reason", async () => {
    const accidentId = await inHand();
    const both = await Promise.allSettled(
      [1, 2].map(() => issueDetermination(app.ctx, { accidentId, officer, draft })),
    );
    assert.deepEqual(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    assert.equal((await lettersOf(accidentId)).length, 1);
    const states = (await numbersOf(accidentId)).map(({ state, voided }) => [state, voided?.reason ?? null]);
    assert.ok(states.some(([state]) => state === "issued"));
    for (const [state, reason] of states)
      if (state !== "issued") assert.deepEqual([state, reason], ["void", "refused"]);
  });

  it("after the statements have become alike is refused", async () => {
    const accidentId = await inHand();
    await giveStatement(app.ctx, { accidentId, letter: "A", statement: ACTS.A });
    await assert.rejects(issueDetermination(app.ctx, { accidentId, officer, draft }), { code: "wrong-step" });
    assert.deepEqual(await numbersOf(accidentId), []);
  });

  it("by a supervisor with a reason takes the place of a wrong one; both stay", async () => {
    const accidentId = await inHand();
    await issueDetermination(app.ctx, { accidentId, officer, draft });
    const better = { ...draft, degrees: { A: "equal", B: "equal" } as const };
    const replacing = { accidentId, draft: better, replaceReason: "责任认定不当" };
    await assert.rejects(issueDetermination(app.ctx, { ...replacing, officer }), { code: "not-for-role" });
    await issueDetermination(app.ctx, { ...replacing, officer: supervisor });
    const [first, second] = await lettersOf(accidentId);
    assert.deepEqual([first?.withdrawn?.by, first?.withdrawn?.reason], [supervisor.id, "责任认定不当"]);
    assert.deepEqual([second?.replaces, second?.content.replaces], [first?.number, first?.number]);
    assert.deepEqual(
      (await numbersOf(accidentId)).map(({ state }) => state),
      ["issued", "issued"],
    );
  });
});

describe("numbers that were taken and left", () => {
  it("are void after an hour, or issued where their letter is stored", async () => {
    const accidentId = await inHand();
    const { dispute } = await issueDetermination(app.ctx, { accidentId, officer, draft });
    const { letterNumbers } = app.ctx;
    const left = await letterNumbers.take({ authority: "000000", accidentId, by: officer.id });
    const stored = await letterNumbers.take({ authority: "000000", accidentId, by: officer.id });
    const [letter] = dispute?.determinations ?? [];
    assert.ok(letter && dispute);
    // as a process leaves it that ends between the case's write and the list's
    const more = { ...dispute, determinations: [...dispute.determinations, { ...letter, number: stored.number }] };
    await app.ctx.accidents.change(accidentId, (accident) => ({
      accident: { ...accident, dispute: more },
      events: [],
    }));
    assert.equal(await voidLetterNumbers(app.ctx), 0);
    app.clock.advance(3600_000 + 1);
    assert.equal(await voidLetterNumbers(app.ctx), 2);
    const rows = await numbersOf(accidentId);
    const stateOf = (number: string) => rows.find((row) => row.number === number);
    assert.deepEqual([stateOf(left.number)?.state, stateOf(left.number)?.voided?.reason], ["void", "not-issued"]);
    assert.equal(stateOf(stored.number)?.state, "issued");
    assert.equal(await voidLetterNumbers(app.ctx), 0);
  });
});
