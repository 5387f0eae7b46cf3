import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import mongoose, { type Connection } from "mongoose";
import { openAccident } from "../../src/actions/open-accident.ts";
import { ConfigFault } from "../../src/config.ts";
import { type Context, createContext } from "../../src/context.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { keysCommand } from "../../src/jobs/keys-command.ts";
import { admitted } from "../support/admitted.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { capturedLog } from "../support/captured-log.ts";
import { collectionNames } from "../support/collection-names.ts";
import { closeDatabase, databaseUri } from "../support/database.ts";

let app: TestApp;
let connection: Connection;
before(async () => {
  app = await startApp();
  connection = await mongoose.createConnection(app.databaseUri).asPromise();
  const person = await app.ctx.people.see("o_somebody");
  await openAccident(app.ctx, { person, textVersion: NOTICE_VERSION, answer: { vehicles: "two", conditions: [] } });
});
after(async () => {
  await connection.close();
  await app.stop();
  await closeDatabase();
});

function open(data: Buffer, otherData: Buffer | null, uri = app.databaseUri): Promise<Context> {
  const config = { ...app.config, keys: { ...app.config.keys, data, otherData } };
  return createContext(config, { log: capturedLog().log, databaseUri: uri });
}

const start = async (data: Buffer, uri = app.databaseUri): Promise<void> => (await open(data, null, uri)).close();

/** Names of the collections with the number of documents in each. */
async function contents(of: Connection): Promise<[string, number][]> {
  const names = await collectionNames(of.db!);
  return Promise.all(
    names.map(async (name) => [name, await of.collection(name).countDocuments({})] as [string, number]),
  );
}

const isRefused = (error: unknown) =>
  error instanceof ConfigFault && error.faults.every((fault) => fault.startsWith("DATA_KEY: "));

describe("another DATA_KEY than that of the database", () => {
  it("is refused at the start by name, and nothing is written", async () => {
    const before = await contents(connection);
    await assert.rejects(start(randomBytes(32)), isRefused);
    assert.deepEqual(await contents(connection), before);
    await start(app.config.keys.data);
  });

  it("is refused, too, by data of a version that kept no check value, damaged cases among them", async () => {
    await connection.collection("keys").deleteMany({});
    const damaged = { _id: "damaged" as never, number: "KC0", wrappedKey: randomBytes(60) };
    await connection.collection("accidents").insertOne(damaged);
    await assert.rejects(start(randomBytes(32)), isRefused);
    assert.equal(await connection.collection("keys").countDocuments({}), 0);
    await start(app.config.keys.data);
    assert.equal(await connection.collection("keys").countDocuments({ _id: "data-key" as never }), 1);
    await connection.collection("accidents").deleteOne({ _id: damaged._id });
  });

  it("is decided by one of several processes that start together on a new database", async () => {
    const uri = await databaseUri();
    const keys = Array.from({ length: 6 }, () => randomBytes(32));
    const starts = await Promise.allSettled(keys.map((key) => start(key, uri)));
    assert.equal(starts.filter(({ status }) => status === "fulfilled").length, 1);
    for (const outcome of starts)
      if (outcome.status === "rejected") assert.ok(isRefused(outcome.reason), outcome.reason);
    const winner = keys[starts.findIndex(({ status }) => status === "fulfilled")];
    await start(winner as Buffer, uri);
  });
});

describe("a change of DATA_KEY", () => {
  it("keeps everything readable and found while both keys are given, and ends when all is sealed anew", async () => {
    const [before, after] = [app.config.keys.data, randomBytes(32)];
    const openid = "o_before";
    const known = await admitted(app.ctx.people, openid);
    const answer = { vehicles: "two", conditions: [] as string[] };
    const { id } = await openAccident(app.ctx, { person: known, textVersion: NOTICE_VERSION, answer: answer as never });
    await connection.collection("accidents").insertOne({ _id: "damaged" as never, wrappedKey: randomBytes(97) });

    // processes that still write under the old one, and those that write under the new one
    const [old, fresh] = [await open(before, after), await open(after, before)];
    const person = await fresh.people.see(openid);
    assert.equal(person.id, known.id, "keyed hashes stay");
    const newcomer = await admitted(fresh.people, "o_during");
    const during = await openAccident(fresh, {
      person: newcomer,
      textVersion: NOTICE_VERSION,
      answer: answer as never,
    });
    for (const ctx of [old, fresh])
      for (const one of [id, during.id]) assert.equal((await ctx.accidents.find(one))?.id, one);
    assert.ok((await fresh.rewrap.countLeft())! > 0);
    await old.close();

    // killed in the middle: the next run goes on
    let told = 0;
    const killed = fresh.rewrap.run(() => {
      if (++told === 2) throw new Error("killed");
    });
    await assert.rejects(killed, /killed/);
    let said = "";
    const code = await keysCommand(fresh, ["rewrap"], (text) => {
      said += text;
    });
    assert.equal(code, 1, said);
    assert.match(
      said,
      /^[1-9]\d* records sealed anew, 0 left: OTHER_DATA_KEY can go\.\n1 records open under neither key/,
    );
    assert.equal(await fresh.rewrap.countLeft(), 0);
    await fresh.close();

    const alone = await open(after, null);
    assert.equal(await alone.rewrap.countLeft(), null);
    assert.equal((await alone.people.find(known.id))?.openid, openid);
    assert.equal((await alone.people.see(openid)).id, known.id);
    for (const one of [id, during.id]) assert.equal((await alone.accidents.find(one))?.id, one);
    assert.equal((await alone.accidents.findOpenedBy(known.id))?.id, id);
    await alone.close();
    await assert.rejects(start(before), isRefused);
  });
});
