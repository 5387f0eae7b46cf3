import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { bare } from "../../src/store/bulk.ts";
import { connect } from "../../src/store/connect.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";

const ENTRY = { officerId: "one", address: "::1", act: "searched", accidentId: null, reason: null } as const;

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

describe("the access log", () => {
  it("is whole however many rows come at once, over days and processes", async () => {
    await Promise.all(Array.from({ length: 30 }, () => app.ctx.accessLog.add(ENTRY)));
    app.clock.advance(24 * 3600_000);
    await app.ctx.accessLog.add({ ...ENTRY, accidentId: "a-case", reason: "audit" });
    app = await app.restart();
    await app.ctx.accessLog.add(ENTRY);
    assert.deepEqual(await app.ctx.accessLog.verify(), { chains: 3, rows: 32, broken: null });
    const ofCase = await app.ctx.accessLog.list({ accidentId: "a-case" }, 10);
    assert.deepEqual(
      ofCase.map(({ act, reason, seq }) => ({ act, reason, seq })),
      [{ act: "searched", reason: "audit", seq: 0 }],
    );
  });

  it("names the first row that was changed, taken out or moved", async () => {
    const database = await connect(app.databaseUri, { log: app.ctx.log });
    const rows = bare<{ _id: string; seq: number; chain: string; officerId: string }>(database, "access_log");
    const [first] = await rows.find({}, { sort: { _id: 1 }, limit: 1 }).toArray();
    const chain = String(first?.chain);
    const named = (seq: number) => ({ _id: `${chain}/${String(seq).padStart(9, "0")}` });
    const brokenAt = async () => (await app.ctx.accessLog.verify()).broken;

    await rows.updateOne(named(7), { $set: { officerId: "two" } });
    assert.deepEqual(await brokenAt(), { chain, seq: 7 });
    await rows.updateOne(named(7), { $set: { officerId: "one" } });
    assert.equal(await brokenAt(), null);

    const taken = await rows.findOne(named(12));
    assert.ok(taken);
    await rows.deleteOne(named(12));
    assert.deepEqual(await brokenAt(), { chain, seq: 13 });
    await rows.insertOne({ ...taken });
    assert.equal(await brokenAt(), null);
    await database.close();
  });
});
