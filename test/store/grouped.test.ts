import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { openAccident } from "../../src/actions/open-accident.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import type { EligibilityAnswer } from "../../src/domain/eligibility.ts";
import { admitted } from "../support/admitted.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const MANY = Array.from({ length: 30 }, (_, index) => index);
const lease = (key: string, holder: string) => ({ key, order: "1", isEncrypted: false, holder, leaseMs: 60_000 });

describe("pushes that come together", () => {
  it("are each taken once, those that are there already among them, and each keeps its own answer", async () => {
    const { inbox } = app.ctx;
    await inbox.begin(lease("g3", "earlier"));
    // Every key twice, in one go.
    const begun = await Promise.all([...MANY, ...MANY].map((at, index) => inbox.begin(lease(`g${at}`, `h${index}`))));
    const fresh = begun.flatMap(({ state }, index) => (state === "new" ? [index] : []));
    assert.equal(fresh.length, MANY.length - 1);
    assert.equal(new Set(fresh.map((index) => index % MANY.length)).size, MANY.length - 1);
    assert.equal(begun[3]?.state, "running");
    await Promise.all(
      fresh.flatMap((index) => {
        const key = `g${index % MANY.length}`;
        const mine = inbox.finish(lease(key, `h${index}`), `answer to ${key}`);
        return [mine, inbox.finish(lease(key, "another"), "not mine")];
      }),
    );
    const known = await Promise.all(MANY.map((at) => inbox.begin(lease(`g${at}`, "again"))));
    for (const [at, one] of known.entries())
      assert.deepEqual(one, at === 3 ? { state: "running" } : { state: "done", reply: `answer to g${at}` });
  });

  it("meet each of their people, new and known, with what he did and what waits for him", async () => {
    const { people } = app.ctx;
    for (const at of [0, 1, 2]) await admitted(people, `o_group_${at}`);
    const { id } = await people.see("o_group_2");
    await people.setLanguage(id, "en");
    await people.keepUnsaid(id, "kept");
    const by = (at: number) => (at % 2 ? "message" : "scan");
    const seen = await Promise.all(MANY.map((at) => people.see(`o_group_${at % 20}`, by(at))));
    assert.deepEqual(
      seen.map(({ openid }) => openid),
      MANY.map((at) => `o_group_${at % 20}`),
    );
    assert.equal(new Set(seen.map((person) => person.id)).size, 20);
    assert.deepEqual(seen[22], {
      id,
      openid: "o_group_2",
      language: "en",
      choseLanguage: true,
      hasUnsaid: true,
      cases: [],
    });
    for (const at of [0, 1, 2, 18, 19]) {
      assert.equal(await app.ctx.quota.left(`o_group_${at}`, app.clock.now()), at % 2 ? 5 : 3);
      const known = await people.find(seen[at]?.id as string);
      assert.equal(known?.openid, at < 3 ? `o_group_${at}` : undefined, "of a guest nothing is stored");
      assert.equal(seen[at]?.isGuest, at < 3 ? undefined : true);
    }
  });

  it("find each person's own case, or none, also where one of them has very many", async () => {
    const { people, accidents } = app.ctx;
    const persons = await Promise.all(MANY.map((at) => people.see(`o_case_${at}`)));
    const answer: EligibilityAnswer = { vehicles: "two", conditions: [] };
    const over: EligibilityAnswer = { vehicles: "one", conditions: [] };
    const cases = new Map<string, string>();
    for (const person of persons.slice(0, 3))
      cases.set(person.id, (await openAccident(app.ctx, { person, textVersion: NOTICE_VERSION, answer })).id);
    const find = async (some: typeof persons) =>
      (await Promise.all(some.map(({ id }) => accidents.findByPerson({ id })))).map((one) => one?.id);
    const expected = (some: typeof persons) => some.map(({ id }) => cases.get(id));
    assert.deepEqual(await find(persons), expected(persons));
    const often = persons[5] as (typeof persons)[number];
    for (const _ of MANY) {
      app.clock.advance(6 * 3_600_000);
      cases.set(
        often.id,
        (await openAccident(app.ctx, { person: often, textVersion: NOTICE_VERSION, answer: over })).id,
      );
    }
    const few = persons.slice(0, 6);
    assert.deepEqual(await find(few), expected(few));
  });
});
