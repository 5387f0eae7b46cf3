import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { endAccident } from "../../src/actions/end-accident.ts";
import { giveStatement } from "../../src/actions/give-statement.ts";
import { makeInvitation } from "../../src/actions/make-invitation.ts";
import { openAccident } from "../../src/actions/open-accident.ts";
import type { Statement } from "../../src/domain/accident.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { BETWEEN_MS } from "../../src/store/deliveries-taken-over.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { joinByCode } from "../support/join-by-code.ts";

const DECLARED = { textVersion: NOTICE_VERSION, answer: { vehicles: "two" as const, conditions: [] } };
const SETTLED = { ownAct: "QS-01", otherAct: "none" };
const DIFFERENT = { ownAct: "none", otherAct: "QS-02" };

describe("notices of one kind to one person", () => {
  let app: TestApp;
  before(async () => {
    app = await startApp();
  });
  after(async () => {
    await app.stop();
    await closeDatabase();
  });

  /** A case in which A has stated: each statement of B is told to A. */
  async function pair() {
    const { ctx, simulator } = app;
    const openids = ["A", "B"].map((letter) => `o_group_${letter}_${ctx.randomId(6)}`);
    for (const openid of openids) {
      simulator.platform.people.add(openid);
      await simulator.platform.follow(openid);
    }
    const [a, b] = await Promise.all(openids.map((openid) => ctx.people.see(openid)));
    const { id } = await openAccident(ctx, { person: a!, ...DECLARED });
    const { invitation } = await makeInvitation(ctx, { accidentId: id, letter: "A" });
    await joinByCode(ctx, { person: b!, code: invitation!.code, ...DECLARED });
    const state = async (letter: "A" | "B", acts: { ownAct: string; otherAct: string }, note = "") => {
      const statement = { ...acts, impact: "front", note } as Omit<Statement, "statedAt">;
      await giveStatement(ctx, { accidentId: id, letter, statement } as never);
    };
    await state("A", { ownAct: "none", otherAct: "QS-01" });
    await app.settle();
    // the platform's window for messages is closed, so that each is one template message
    app.clock.advance(3_600_000);
    const before = simulator.platform.inbox(openids[0]!).length;
    const heard = () => simulator.platform.inbox(openids[0]!).slice(before);
    const headlines = () => heard().map(({ fields, text }) => fields?.["thing2"] ?? text);
    return { id, state, headlines };
  }

  it("are one at once and one after two minutes, however often the other driver changes a statement", async () => {
    const { state, headlines } = await pair();
    await state("B", SETTLED);
    await app.settle();
    assert.equal(headlines().length, 1);
    for (let n = 0; n < 12; n++) {
      await state("B", n % 2 ? SETTLED : DIFFERENT, `${n}`);
      if (n % 3 === 0) await app.settle();
    }
    await state("B", DIFFERENT, "last");
    await app.settle();
    assert.equal(headlines().length, 1, "nothing within two minutes");
    app.clock.advance(BETWEEN_MS);
    await app.settle();
    const [first, last, ...more] = headlines();
    assert.notEqual(first, last, "the last wording wins");
    assert.equal(more.length, 0);
    app.clock.advance(BETWEEN_MS);
    await app.settle();
    assert.equal(headlines().length, 2, "nothing is said twice");
  });

  it("that wait keep nothing else waiting, and are not said when the case is over", async () => {
    const { id, state, headlines } = await pair();
    for (const acts of [SETTLED, DIFFERENT]) {
      await state("B", acts);
      await app.settle();
    }
    await endAccident(app.ctx, { accidentId: id, letter: "B", code: "dispute" });
    await app.settle();
    assert.equal(headlines().length, 2, "the end is told at once");
    app.clock.advance(BETWEEN_MS);
    await app.settle();
    assert.equal(headlines().length, 2);
    assert.deepEqual(await app.ctx.deliveries.listUndelivered(10), []);
  });
});
