import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Engine } from "../../src/embedded/commands/context.ts";
import { openEngine } from "../../src/embedded/engine.ts";
import { sweep } from "../../src/embedded/sweep.ts";
import { verify } from "../../src/embedded/verify.ts";
import { askEngine, type Loose } from "../support/ask-engine.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const dir = temporaryFolder("engine");
let engine: Engine;
let nowMs = Date.parse("2026-03-01");

before(() => {
  engine = openEngine(dir, () => nowMs);
});
after(async () => {
  await engine.store.close();
});

const ask = (command: Loose) => askEngine(engine, command);

/** Runs a command that must succeed. */
async function run(command: Loose): Promise<Loose> {
  const plain = await ask(command);
  assert.equal(plain["ok"], 1, plain["errmsg"]);
  assert.equal(plain["writeErrors"], undefined);
  return plain;
}

type Reads = { index: number; scans: number; documents: number };

async function reads(command: Loose): Promise<Reads> {
  const start = { ...engine.store.reads };
  await run(command);
  const { indexScans, collectionScans, documents } = engine.store.reads;
  return {
    index: indexScans - start.indexScans,
    scans: collectionScans - start.collectionScans,
    documents: documents - start.documents,
  };
}

test("an index answers equality, $in, range and sort on its first fields, and nothing else is read", async (t) => {
  const documents = Array.from({ length: 400 }, (_, i) => ({
    _id: i,
    k: i % 40,
    at: new Date(i),
    tags: [`t${i % 50}`, `u${i}`],
    s: i % 2 ? { x: i } : null,
  }));
  await run({ insert: "many", documents });
  const keys: Loose[] = [{ k: 1, at: -1 }, { tags: 1 }, { at: 1 }];
  await run({ createIndexes: "many", indexes: keys.map((key) => ({ key, name: Object.keys(key).join("_") })) });
  await run({ createIndexes: "many", indexes: [{ key: { "s.x": 1 }, name: "s", sparse: true }] });
  const find = (rest: Loose) => ({ find: "many", ...rest });
  const byIndex: [string, Loose, number][] = [
    ["equality", find({ filter: { k: 7 } }), 10],
    ["equality and range", find({ filter: { k: 7, at: { $gte: new Date(200) } } }), 5],
    ["$in", find({ filter: { k: { $in: [1, 2] } } }), 20],
    ["a range", find({ filter: { at: { $gte: new Date(390) } } }), 10],
    ["a range of two ends", find({ filter: { at: { $gte: new Date(100), $lt: new Date(110) } } }), 10],
    ["an element of an array", find({ filter: { tags: "t3" } }), 8],
    ["_id in a range", find({ filter: { _id: { $lt: 5 } } }), 5],
    ["_id in a list, sorted", find({ filter: { _id: { $in: [1, 5, 9] } }, sort: { k: 1 } }), 3],
    ["a sort with a limit", find({ sort: { at: -1 }, limit: 3 }), 3],
    ["a sort behind an equality", find({ filter: { k: 7 }, sort: { at: -1 }, limit: 2 }), 2],
    ["a sort behind an equality, the other way", find({ filter: { k: 7 }, sort: { at: 1 }, limit: 2 }), 2],
    ["a sparse index", find({ filter: { "s.x": 5 } }), 1],
    ["a sparse index for what exists", find({ filter: { "s.x": { $exists: true } } }), 200],
    ["an update", { update: "many", updates: [{ q: { k: 7, at: { $lt: new Date(50) } }, u: { $set: { n: 1 } } }] }, 1],
    [
      "findAndModify with a sort",
      { findAndModify: "many", query: { k: 7 }, sort: { at: 1 }, update: { $inc: { n: 1 } } },
      1,
    ],
    ["a delete", { delete: "many", deletes: [{ q: { at: new Date(399) }, limit: 1 }] }, 1],
  ];
  for (const [name, command, most] of byIndex) {
    await t.test(name, async () => {
      const { index, scans, documents } = await reads(command);
      assert.deepEqual({ index, scans }, { index: 1, scans: 0 });
      assert.ok(documents <= most, `${documents} documents read, at most ${most}`);
    });
  }
  await t.test("documents whose _id is named are taken without an index", async () => {
    for (const _id of [5, { $in: [9, 5, 5, 1, 1_000] }]) {
      const { index, scans, documents } = await reads(find({ filter: { _id } }));
      assert.deepEqual({ index, scans, documents }, { index: 0, scans: 0, documents: typeof _id === "number" ? 1 : 3 });
    }
  });

  await t.test("a count by an index reads no document at all", async () => {
    const counts = [
      { count: "many" },
      {
        aggregate: "many",
        pipeline: [{ $match: { k: { $in: [7, 8] } } }, { $group: { _id: 1, n: { $sum: 1 } } }],
        cursor: {},
      },
    ];
    for (const command of counts) assert.deepEqual(await reads(command), { index: 0, scans: 0, documents: 0 });
  });
  await t.test("without an index the collection is scanned", async () => {
    assert.deepEqual(await reads(find({ filter: { n: 5 } })), { index: 0, scans: 1, documents: 399 });
  });
  await t.test("a sparse index is not used for what it may lack", async () => {
    assert.equal((await reads(find({ filter: { "s.x": null } }))).scans, 1);
    assert.equal((await reads(find({ sort: { "s.x": 1 } }))).scans, 1);
  });
  assert.deepEqual(verify(engine), []);
});

test("a TTL index removes what has expired by the time of the sweep, and nothing else", async () => {
  const at = (ms: number) => new Date(nowMs + ms);
  const documents = [
    { _id: 1, at: at(-61_000) },
    { _id: 2, at: at(-59_000) },
    { _id: 3, at: "text" },
    { _id: 4 },
    { _id: 5, at: [at(0), at(-90_000)] },
    { _id: 6, at: at(-70_000), keep: true },
  ];
  await run({ insert: "expiring", documents });
  const partialFilterExpression = { keep: { $exists: false } };
  await run({ createIndexes: "expiring", indexes: [{ key: { at: 1 }, name: "at", expireAfterSeconds: 60 }] });
  await run({
    insert: "partial",
    documents: [
      { _id: 1, at: at(-1) },
      { _id: 2, at: at(-1), keep: true },
    ],
  });
  // MongoDB allows no $exists: false in the condition of a partial index; a condition on a value is
  // allowed.
  await run({
    createIndexes: "partial",
    indexes: [{ key: { at: -1 }, name: "at", expireAfterSeconds: 0, partialFilterExpression }],
  });
  assert.equal(await sweep(engine, nowMs), 4);
  const ids = async (name: string) =>
    (await run({ find: name, sort: { _id: 1 } }))["cursor"].firstBatch.map((one: Loose) => one["_id"]);
  assert.deepEqual(await ids("expiring"), [2, 3, 4]);
  assert.deepEqual(await ids("partial"), [2]);
  assert.equal(await sweep(engine, nowMs + 2_000), 1);
  assert.deepEqual(verify(engine), []);
});

test("a sweep removes thousands in pieces", async () => {
  await run({ createIndexes: "old", indexes: [{ key: { at: 1 }, name: "at", expireAfterSeconds: 0 }] });
  await run({ insert: "old", documents: Array.from({ length: 1050 }, (_, i) => ({ at: new Date(i) })) });
  assert.equal(await sweep(engine, nowMs), 1050);
});

test("a cursor that nobody asks for any more is closed", async () => {
  await run({ insert: "some", documents: Array.from({ length: 10 }, (_, i) => ({ _id: i })) });
  await run({ find: "some", batchSize: 2 });
  const open = engine.cursors.size;
  engine.cursors.closeIdle();
  assert.equal(engine.cursors.size, open);
  nowMs += 60_000;
  engine.cursors.closeIdle();
  assert.equal(engine.cursors.size, 0);
});

test("over-long fields are cut in the index, found all the same, and unique by the whole", async () => {
  const long = (end: string) => `${"x".repeat(3000)}${end}`;
  await run({ createIndexes: "long", indexes: [{ key: { v: 1 }, name: "v", unique: true }] });
  await run({ insert: "long", documents: ["b", "a", "c"].map((end, i) => ({ _id: i, v: long(end) })) });
  const found = async (rest: Loose) =>
    (await run({ find: "long", ...rest }))["cursor"].firstBatch.map((one: Loose) => one["_id"]);
  assert.deepEqual(await found({ filter: { v: long("a") } }), [1]);
  assert.deepEqual((await found({ filter: { v: { $gte: long("b") } } })).sort(), [0, 2]);
  assert.deepEqual(await found({ sort: { v: 1 } }), [1, 0, 2]);
  assert.deepEqual(verify(engine), []);
});

test("a statement that fails half-way has changed nothing, and those before it stay", async () => {
  await run({ createIndexes: "half", indexes: [{ key: { k: 1 }, name: "k", unique: true }] });
  await run({ insert: "half", documents: [1, 2, 3].map((_id) => ({ _id, k: _id })) });
  const updates = [
    { q: { _id: 1 }, u: { $set: { k: 10 } } },
    { q: {}, u: { $set: { k: 20 } }, multi: true },
    { q: { _id: 3 }, u: { $set: { k: 30 } } },
  ];
  const answer = await ask({ update: "half", updates, ordered: false });
  assert.deepEqual(
    [answer["n"], answer["writeErrors"].map((error: Loose) => [error["index"], error["code"]])],
    [2, [[1, 11000]]],
  );
  const found = (await run({ find: "half", sort: { _id: 1 } }))["cursor"].firstBatch;
  assert.deepEqual(
    found.map((one: Loose) => one["k"]),
    [10, 2, 30],
  );
  assert.deepEqual(verify(engine), []);
});

test("what was written is there after a restart, indexes and all", async () => {
  await engine.store.close();
  engine = openEngine(dir, () => nowMs);
  assert.deepEqual(verify(engine), []);
  assert.equal((await run({ find: "many", filter: { k: 7 } }))["cursor"].firstBatch.length, 10);
  assert.deepEqual((await reads({ find: "many", filter: { k: 7 } })).scans, 0);
});
