import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { actOnDispute } from "../../src/actions/act-on-dispute.ts";
import { actOnLetter } from "../../src/actions/act-on-letter.ts";
import { endAccident } from "../../src/actions/end-accident.ts";
import { expireAccidents } from "../../src/actions/expire-accidents.ts";
import { giveStatement } from "../../src/actions/give-statement.ts";
import { resumeAccident } from "../../src/actions/resume-accident.ts";
import { runClocks } from "../../src/actions/run-clocks.ts";
import type { Accident, Letter } from "../../src/domain/accident.ts";
import { applicationState, guidanceState, waitingForOfficer } from "../../src/domain/dispute.ts";
import type { Desk, DisputeAct } from "../../src/domain/dispute-act.ts";
import type { LetterAct } from "../../src/domain/letter-acts.ts";
import { issuedLetter } from "../domain/issued-letter.ts";
import { ACTS, readyPair } from "../h5/settle-driver.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { passTime } from "../support/pass-time.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const officer: Desk = { officerId: "o1", role: "officer", district: null };
const bySystem = { by: "system" } as const;
let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const get = (id: string) => app.ctx.accidents.get(id);
const act = (id: string, what: DisputeAct) => actOnDispute(app.ctx, id, what);
const onLetter = (id: string, what: LetterAct) => actOnLetter(app.ctx, id, what);
const count = ({ events }: Accident, type: string) => events.filter((one) => one.type === type).length;
const queued = async (kind: "guidance" | "application" | "service") =>
  (await app.ctx.disputes.list({ kind }, 100)).map(({ id }) => id);

/** Both have entered everything, and say that the other ran into them. */
async function disputedCase(): Promise<string> {
  const { id } = await readyPair(app);
  await state(id, "A", { ownAct: "none", otherAct: "QS-01" });
  return id;
}
const state = (accidentId: string, letter: Letter, over: object) =>
  giveStatement(app.ctx, { accidentId, letter, statement: { ...ACTS[letter], ...over } });

async function applied(id: string): Promise<void> {
  await act(id, { type: "propose", by: "A" });
  await act(id, { type: "agree", by: "B" });
}

/** The clocks' round after so long; a second one finds nothing. */
async function pass(ms: number): Promise<void> {
  await passTime(app, ms);
  await runClocks(app.ctx);
  assert.equal(await runClocks(app.ctx), 0);
}

describe("the clocks of a dispute", () => {
  it("guidance without an officer: both are told once, it stays in the queue, and again after another wait", async () => {
    const id = await disputedCase();
    await act(id, { type: "ask-guidance", by: "A" });
    await pass(10 * MINUTE_MS - 1000);
    assert.equal(count(await get(id), "guidance-late"), 0);
    await pass(1000);
    await pass(HOUR_MS);
    assert.equal(count(await get(id), "guidance-late"), 1);
    assert.ok((await queued("guidance")).includes(id));
    await act(id, { type: "take-guidance", by: officer });
    await act(id, { type: "release-guidance", by: officer });
    await pass(10 * MINUTE_MS);
    assert.equal(count(await get(id), "guidance-late"), 2);
    await act(id, { type: "withdraw-guidance", by: "A" });
    await pass(HOUR_MS);
    assert.equal(count(await get(id), "guidance-late"), 2);
  });

  it("a proposal lapses; an application that nobody takes is said to be late, then goes back", async () => {
    const id = await disputedCase();
    await act(id, { type: "propose", by: "B" });
    await pass(30 * MINUTE_MS);
    assert.equal(applicationState(await get(id)), "lapsed");
    await applied(id);
    await pass(30 * MINUTE_MS);
    assert.equal(count(await get(id), "application-late"), 1);
    await pass(24 * HOUR_MS);
    const back = await get(id);
    assert.equal(applicationState(back), "returned");
    assert.equal(count(back, "application-late"), 1);
    assert.ok(!(await queued("application")).includes(id));
  });

  it("evidence that does not come lapses; a letter that is late is taken from its officer, and told", async () => {
    const id = await disputedCase();
    await applied(id);
    await act(id, { type: "take-application", by: officer });
    const until = new Date(app.ctx.clock.now().getTime() + HOUR_MS);
    await act(id, { type: "ask-evidence", by: officer, to: "B", what: "sentence", text: "何时？", until });
    await pass(HOUR_MS);
    assert.equal(applicationState(await get(id)), "in-hand");
    const due = app.ctx.config.rules.calendar && (await get(id)).dispute?.applications[0]?.handler?.since;
    assert.ok(due);
    await pass(24 * HOUR_MS);
    assert.equal(count(await get(id), "letter-overdue"), 0, "three working days are more than one");
    await passTime(app, 14 * 24 * HOUR_MS);
    await runClocks(app.ctx);
    assert.equal(count(await get(id), "letter-overdue"), 1);
    assert.equal(applicationState(await get(id)), "applied");
  });

  it("a letter: reminded once, then its service may be confirmed, which is in the queue until it was", async () => {
    const id = await disputedCase();
    await applied(id);
    await act(id, { type: "take-application", by: officer });
    const determination = issuedLetter(await get(id), { number: "L1", at: app.ctx.clock.now() });
    await act(id, { type: "determine", by: officer, determination });
    await onLetter(id, { type: "open", by: "A" });
    await onLetter(id, { type: "receive", by: "A", forwarding: false, imageSha256: "0".repeat(64) });
    const confirm: LetterAct = { type: "confirm-service", by: officer, to: "B" };
    await assert.rejects(onLetter(id, confirm), { code: "wrong-step" });
    await pass(24 * HOUR_MS);
    await pass(HOUR_MS);
    const reminders = (await get(id)).events.filter(({ type }) => type === "letter-reminded");
    assert.deepEqual(
      reminders.map(({ data }) => data["to"]),
      ["B"],
    );
    await pass(14 * 24 * HOUR_MS);
    assert.ok((await queued("service")).includes(id));
    assert.equal(count(await get(id), "letter-unserved"), 1);
    await onLetter(id, confirm);
    assert.ok(!(await queued("service")).includes(id));
  });

  it("an end closes what was asked for; a case that is taken up again asks anew", async () => {
    const id = await disputedCase();
    await act(id, { type: "ask-guidance", by: "B" });
    await applied(id);
    await endAccident(app.ctx, { accidentId: id, letter: "A", code: "withdrawn" });
    const resumed = await resumeAccident(app.ctx, { accidentId: id, letter: "A" });
    assert.deepEqual([guidanceState(resumed), applicationState(resumed)], ["over", "over"]);
    assert.equal(waitingForOfficer(resumed), null);
    await applied(id);
    assert.ok((await queued("application")).includes(id));
  });

  it("guidance that an officer holds keeps the case for a day, then waits again, said to both", async () => {
    const id = await disputedCase();
    await act(id, { type: "ask-guidance", by: "B" });
    await act(id, { type: "take-guidance", by: officer });
    const told = async () => count(await get(id), "guidance-released");
    await passTime(app, 24 * HOUR_MS - 1);
    await runClocks(app.ctx);
    await passTime(app, HOUR_MS);
    await expireAccidents(app.ctx);
    assert.deepEqual([(await get(id)).ended, guidanceState(await get(id)), await told()], [null, "taken", 0]);
    await runClocks(app.ctx);
    assert.deepEqual([guidanceState(await get(id)), await told()], ["asked", 1]);
    assert.ok((await get(id)).dispute?.guidance[0]?.lateAt);
    assert.ok((await queued("guidance")).includes(id));
    await passTime(app, 25 * HOUR_MS);
    await expireAccidents(app.ctx);
    assert.equal((await get(id)).ended?.code, "timed-out");
  });

  it("a case with the police does not expire; once it came back it does, and nothing waits", async () => {
    const id = await disputedCase();
    await applied(id);
    await passTime(app, 25 * HOUR_MS);
    await expireAccidents(app.ctx);
    assert.equal((await get(id)).ended, null);
    await runClocks(app.ctx);
    await passTime(app, 25 * HOUR_MS);
    await expireAccidents(app.ctx);
    assert.equal((await get(id)).ended?.code, "timed-out");
    await assert.rejects(act(id, { type: "note-guidance-late", ...bySystem }), { code: "wrong-step" });
  });
});
