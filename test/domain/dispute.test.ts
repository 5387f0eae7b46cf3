import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Accident } from "../../src/domain/accident.ts";
import { actOnDispute, type DisputeRules } from "../../src/domain/act-on-dispute.ts";
import { statusOf } from "../../src/domain/case-status.ts";
import { possibleActs } from "../../src/domain/desk-acts.ts";
import { applicationState, guidanceState, waitingForOfficer } from "../../src/domain/dispute.ts";
import type { Desk, DisputeAct } from "../../src/domain/dispute-act.ts";
import { openSteps, stepOf } from "../../src/domain/journey.ts";
import { mayHandle } from "../../src/domain/queue.ts";
import { settleDispute } from "../../src/domain/settled-dispute.ts";
import { Conflict } from "../../src/errors.ts";
import { LIMITS } from "../support/dispute-limits.ts";
import { AT, cityRules, readyToSign, statement, withParty } from "./accident-builder.ts";

const { catalogue } = await cityRules();
const later = (minutes: number) => new Date(AT.getTime() + minutes * 60_000);
const rules = (minutes = 0): DisputeRules => ({
  at: later(minutes),
  catalogue,
  limits: LIMITS,
  digest: () => "d",
});
const officer: Desk = { officerId: "o1", role: "officer", district: null };
const second: Desk = { ...officer, officerId: "o2" };
const auxiliary: Desk = { ...officer, officerId: "x1", role: "auxiliary" };

/** Each says that the other ran into them. */
const different = () => withParty(readyToSign(), "A", { statement: statement("none", "QS-01") });
const after = (accident: Accident, ...acts: DisputeAct[]): Accident =>
  acts.reduce((so, act) => actOnDispute(so, act, rules()).accident, accident);
const refused = (code: string) => (error: unknown) => error instanceof Conflict && error.code === code;

const APPLIED: DisputeAct[] = [
  { type: "propose", by: "A" },
  { type: "agree", by: "B" },
];

describe("a dispute", () => {
  it("guidance: one driver asks, an auxiliary takes it and writes to both", () => {
    const taken = after(different(), { type: "ask-guidance", by: "B" }, { type: "take-guidance", by: auxiliary });
    assert.deepEqual(waitingForOfficer(taken), { kind: "guidance", since: AT, officerId: "x1" });
    const { accident, events, outbox } = actOnDispute(
      taken,
      { type: "give-guidance", by: auxiliary, how: "message", text: "请核对行车记录仪" },
      rules(),
    );
    assert.equal(guidanceState(accident), "given");
    assert.deepEqual(
      events.map(({ type, by }) => [type, by]),
      [["guidance-given", "officer:x1"]],
    );
    assert.equal(outbox?.length, 2);
    assert.equal(waitingForOfficer(accident), null);
  });

  it("an application waits for an officer, keeps both statements open, and ends when they become alike", () => {
    const applied = after(different(), ...APPLIED);
    assert.equal(stepOf(applied, "A", catalogue), "decision");
    assert.ok(openSteps(applied, "A", catalogue).includes("statement"));
    assert.equal(statusOf(applied, catalogue), "applied");
    const alike = { ...withParty(applied, "A", { statement: statement("QS-01", "none") }) };
    const settled = settleDispute({ accident: alike, events: [] }, rules());
    assert.equal(applicationState(settled.accident), "settled");
    assert.equal(stepOf(settled.accident, "A", catalogue), "sign");
  });

  it("whoever comes second is told who has it; only the one who has it decides", () => {
    const taken = after(different(), ...APPLIED, { type: "take-application", by: officer });
    const isTaken = (error: unknown) => refused("taken")(error) && (error as Conflict).details["handler"] !== undefined;
    assert.throws(() => after(taken, { type: "take-application", by: second }), isTaken);
    assert.throws(() => after(taken, { type: "return", by: second, reason: "not-enough", text: "" }), isTaken);
    assert.throws(() => after(taken, { type: "take-application", by: auxiliary }), refused("not-for-role"));
  });

  it("guidance that somebody has in hand neither hides the application beside it nor keeps it from an officer", () => {
    const asked = after(different(), { type: "ask-guidance", by: "B" }, ...APPLIED);
    assert.deepEqual(waitingForOfficer(asked), { kind: "guidance", since: AT, officerId: null });
    const guided = after(asked, { type: "take-guidance", by: auxiliary });
    assert.deepEqual(waitingForOfficer(guided), { kind: "application", since: AT, officerId: null });
    assert.ok(possibleActs(guided, { id: "o1", role: "officer" }).includes("take-application"));
    const taken = after(guided, { type: "take-application", by: officer });
    assert.deepEqual(waitingForOfficer(taken), { kind: "application", since: AT, officerId: "o1" });
    assert.throws(() => after(taken, { type: "take-guidance", by: auxiliary }), refused("taken"));
  });

  it("who has the case reaches it, whatever its district; nobody else of another district does", () => {
    const elsewhere = { ...after(different(), ...APPLIED, { type: "take-application", by: officer }), district: "2" };
    assert.ok(mayHandle(elsewhere, { id: "o1", district: "1" }));
    assert.ok(!mayHandle(elsewhere, { id: "o2", district: "1" }));
    assert.ok(!mayHandle({ ...elsewhere, recused: ["o1"] }, { id: "o1", district: "2" }));
  });

  it("an officer who is recused takes nothing", () => {
    const recused = { ...after(different(), ...APPLIED), recused: ["o1"] };
    assert.throws(() => after(recused, { type: "take-application", by: officer }), refused("recused"));
  });

  it("evidence that was asked for is that driver's next step, and lapses", () => {
    const asked = after(
      different(),
      ...APPLIED,
      { type: "take-application", by: officer },
      { type: "ask-evidence", by: officer, to: "B", what: "sentence", text: "何时变道？", until: later(60) },
    );
    assert.equal(stepOf(asked, "B", catalogue), "evidence");
    assert.equal(stepOf(asked, "A", catalogue), "decision");
    const answer: DisputeAct = { type: "answer-evidence", by: "B", request: 1, text: "路口前", photoIds: [] };
    assert.equal(applicationState(after(asked, answer)), "in-hand");
    const lapse: DisputeAct = { type: "lapse-evidence", by: "system" };
    assert.throws(() => after(asked, lapse), refused("wrong-step"));
    assert.equal(applicationState(actOnDispute(asked, lapse, rules(61)).accident), "in-hand");
  });

  it("an officer who is sent to the spot ends the case", () => {
    const taken = after(different(), ...APPLIED, { type: "take-application", by: officer });
    const { accident, events } = actOnDispute(
      taken,
      { type: "send-officer", by: officer, controlRoomNumber: "20261123-0042" },
      rules(),
    );
    assert.equal(accident.ended?.code, "on-the-spot");
    assert.deepEqual(
      events.map(({ type }) => type),
      ["officer-sent", "ended"],
    );
  });
});
