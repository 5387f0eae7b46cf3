import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import mongoose, { type Connection } from "mongoose";
import { openAccident } from "../../src/actions/open-accident.ts";
import { ConfigFault } from "../../src/config.ts";
import { createContext } from "../../src/context.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
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

async function start(data: Buffer, uri = app.databaseUri): Promise<void> {
  const config = { ...app.config, keys: { ...app.config.keys, data } };
  const ctx = await createContext(config, { log: capturedLog().log, databaseUri: uri });
  await ctx.close();
}

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
    assert.equal(await connection.collection("keys").countDocuments({}), 1);
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
