import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import mongoose from "mongoose";
import { askErasure } from "../../src/actions/ask-erasure.ts";
import { carryOutErasure } from "../../src/actions/carry-out-erasure.ts";
import { erasePast } from "../../src/actions/erase-past.ts";
import { listOwnCases } from "../../src/actions/list-own-cases.ts";
import { openAccident } from "../../src/actions/open-accident.ts";
import type { Accident } from "../../src/domain/accident.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { holdCommand } from "../../src/jobs/hold-command.ts";
import { firstBrokenEvent } from "../../src/store/event-chain.ts";
import { createLookups } from "../../src/store/lookups.ts";
import { createPersonCases } from "../../src/store/person-cases.ts";
import { createRetention } from "../../src/store/retention.ts";
import { readyPair } from "../h5/settle-driver.ts";
import { admitted } from "../support/admitted.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { passTime } from "../support/pass-time.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 366 * DAY_MS;
/** as seldom as a machine may run without its years being doubted */
const STEP_MS = 6 * DAY_MS;
let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

/** A case of one driver that ended without an agreement. */
async function endedCase(openid: string): Promise<Accident> {
  const { ctx, clock } = app;
  const person = await admitted(ctx.people, openid);
  const answer = { vehicles: "two", conditions: [] } as const;
  const { id } = await openAccident(ctx, {
    person,
    textVersion: NOTICE_VERSION,
    answer: { ...answer, conditions: [] },
  });
  return ctx.accidents.change(id, (accident) => ({
    accident: { ...accident, ended: { code: "dispute", reasons: [], by: "A", at: clock.now() } },
    events: [{ type: "ended", by: "A", data: { code: "dispute", reasons: [] } }],
  }));
}

async function hold(...words: string[]): Promise<[number, string]> {
  let said = "";
  const code = await holdCommand(app.ctx, words, (text) => {
    said += text;
  });
  return [code, said];
}

test("a legal hold is placed once, for a known reason, and answers who asks for early erasure", async () => {
  const { ctx } = app;
  const { id, number } = await endedCase("o_asks");
  for (const words of [["place", number], ["place", number, "because"], ["lift"], ["list", number]])
    assert.equal((await hold(...words))[0], 2, words.join(" "));
  assert.deepEqual(await hold("lift", number), [1, `${number}: there is no hold\n`]);
  assert.deepEqual(await hold("place", "KC0", "court"), [1, "KC0: there is no such case, or it was erased\n"]);
  assert.deepEqual(await hold("place", number, "court"), [0, `${number}: held\n`]);
  assert.deepEqual(await hold("place", number, "police"), [1, `${number}: held already\n`]);
  assert.match((await hold("list"))[1], new RegExp(`^${number}\tcourt\t.+\n1 cases\n$`));
  assert.equal(await ctx.retention.countHeld(), 1);
  const person = await ctx.people.see("o_asks");
  await askErasure(ctx, { person });
  assert.deepEqual(await carryOutErasure(ctx, { personId: person.id }), [{ number, fate: "held" }]);
  const [own] = await listOwnCases(ctx, await ctx.people.see("o_asks"));
  assert.deepEqual([own?.isHeld, own?.keptUntil], [true, null]);
  assert.equal(await ctx.retention.erase(id), false);
  assert.deepEqual(await hold("lift", number), [0, `${number}: free: its time counts from now on\n`]);
  assert.equal(await ctx.retention.erase(id), true);
});

test("three years after its last event a case loses its key and its pictures; its record of events still holds", async () => {
  const { ctx, clock } = app;
  const held = await endedCase("o_held");
  const { id } = await readyPair(app);
  const running = await ctx.accidents.get(id);
  const papers = await Promise.all([
    ctx.blobs.save(running, Buffer.from("one of two papers"), "agreement-pdf"),
    ctx.blobs.save(running, Buffer.alloc(400_000, 7), "agreement-picture"),
  ]);
  await app.settle();
  await ctx.accidents.change(id, (accident) => ({
    accident: { ...accident, ended: { code: "dispute", reasons: [], by: "A", at: clock.now() } },
    events: [{ type: "ended", by: "A", data: { code: "dispute", reasons: [] } }],
  }));
  assert.equal((await hold("place", held.number, "insurer"))[0], 0);
  await passTime(app, 2.9 * YEAR_MS, STEP_MS);
  await erasePast(ctx);
  assert.ok(await ctx.accidents.find(id), "not before its time");
  for (const sha256 of papers) assert.ok(await ctx.blobs.read(running, sha256));

  await passTime(app, 0.2 * YEAR_MS, STEP_MS);
  assert.equal(await erasePast(ctx), 0, "marked");
  assert.deepEqual(await ctx.retention.countMarked(), { cases: 1, people: 4 });
  await passTime(app, DAY_MS - HOUR_MS);
  assert.equal(await erasePast(ctx), 0, "for a day");
  assert.ok(await ctx.accidents.find(id));
  await passTime(app, HOUR_MS);
  assert.equal(await erasePast(ctx), 5);
  assert.ok(await ctx.accidents.find(held.id), "held");
  assert.equal(await ctx.accidents.find(id), null);
  for (const sha256 of papers) await assert.rejects(ctx.blobs.read(running, sha256), { name: "NotFound" });
  assert.equal(await ctx.people.find(running.parties.A.identity.personId), null);

  const connection = await mongoose.createConnection(app.databaseUri).asPromise();
  const left = await connection.collection("accidents").findOne({ _id: id as never });
  const ofThisCase = { $gte: id, $lt: `${id}~` };
  const rest = {
    files: await connection.collection("blobs.files").countDocuments({ filename: ofThisCase }),
    chunks: await connection.collection("blobs.chunks").countDocuments({}),
    deliveries: await connection.collection("deliveries").countDocuments({ accidentId: id }),
    done: await connection.collection("deliveries_done").countDocuments({ accidentId: id }),
    lookups: await connection.collection("lookups").countDocuments({ accidentId: id }),
    notices: await connection.collection("notices").countDocuments({ _id: ofThisCase as never }),
  };
  await connection.close();
  assert.deepEqual(rest, { files: 0, chunks: 0, deliveries: 0, done: 0, lookups: 0, notices: 0 });
  assert.equal(left?.number, running.number);
  assert.equal(left?.wrappedKey, null);
  assert.equal(firstBrokenEvent(id, left?.events), null);
  assert.equal(await erasePast(ctx), 0, "once");
});

test("an erasure that has begun takes no hold and no change, and goes on after a crash", async () => {
  const { ctx, clock } = app;
  const known = await endedCase("o_meets");
  const { id, number } = known;
  const connection = await mongoose.createConnection(app.databaseUri).asPromise();
  const { vault, erased } = ctx;
  const lookups = await createLookups(connection, vault);
  const blobs = {
    async removeAll() {
      throw new Error("it dies here");
    },
  };
  const kept = { blobs, lookups, erased, personCases: createPersonCases(connection, vault) };
  const dying = await createRetention(connection, kept);
  assert.equal(await dying.erase(id, { markedBefore: clock.now() }), false, "it was not marked, or is not any more");
  assert.ok(await ctx.accidents.find(id));
  await assert.rejects(dying.erase(id), /it dies here/);
  const placing = ctx.accidents.change(known, (accident) => ({
    accident: { ...accident, hold: { reason: "court", at: clock.now() } },
    events: [{ type: "hold-placed", by: "system", data: { reason: "court" } }],
  }));
  await assert.rejects(placing, { name: "NotFound" });
  assert.deepEqual(await hold("place", number, "court"), [1, `${number}: there is no such case, or it was erased\n`]);
  assert.equal(await erasePast(ctx), 1);
  const row = await connection.collection("accidents").findOne({ _id: id as never });
  assert.deepEqual([row?.status, row?.wrappedKey, row?.parts], ["erased", null, {}]);
  assert.equal(await lookups.find({ kind: "number", value: number }).then(({ length }) => length), 0);
  await connection.close();
});

test("who comes back while people are forgotten stays, and is not noted as erased", async () => {
  const { ctx } = app;
  const { id } = await admitted(ctx.people, "o_back");
  await ctx.retention.forgetUnseen(id, new Date(0));
  assert.ok(await ctx.people.find(id));
  for await (const one of ctx.erased.list()) assert.notEqual(one.id, id);
});
