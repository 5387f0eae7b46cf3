import assert from "node:assert/strict";
import { test } from "node:test";
import { mongo } from "mongoose";
import { answerWith, openEngine } from "../../src/embedded/engine.ts";
import { decode } from "../../src/embedded/values/decode.ts";
import { encode } from "../../src/embedded/values/encode.ts";
import { verify } from "../../src/embedded/verify.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { seeded } from "./kill/writers.ts";

const { BSON, Long } = mongo;
type Document = mongo.BSON.Document;

const random = seeded(2026);
const below = (limit: number) => Math.floor(random() * limit);
const pick = <T>(from: readonly T[]): T => from[below(from.length)]!;
const FIELDS = ["a", "b", "c", "p.a", "p.b", "p"];

function scalar(): unknown {
  return pick<() => unknown>([
    () => below(5),
    () => below(5) + 0.5,
    () => Long.fromNumber(below(5)),
    () => pick(["", "a", "b", "ab", null, true, false, Number.NaN]),
    () => new Date(below(4)),
    () => ({ x: below(3) }),
  ])();
}

function value(): unknown {
  if (random() < 0.75) return scalar();
  return Array.from({ length: below(3) }, () => (random() < 0.8 ? scalar() : [scalar()]));
}

function part(): unknown {
  return random() < 0.85 ? { a: value(), ...(random() < 0.6 && { b: value() }) } : scalar();
}

/** Makes a document. Some rounds are without arrays: there the indexes keep the order of the documents. */
function document(_id: number, withArrays: boolean): Document {
  const made: Document = { _id };
  for (const field of ["a", "b", "c"]) if (random() < 0.8) made[field] = withArrays ? value() : scalar();
  if (random() < 0.6)
    made["p"] = withArrays && random() < 0.5 ? Array.from({ length: below(3) }, part) : { a: scalar(), b: scalar() };
  return made;
}

function condition(): unknown {
  return pick<() => unknown>([
    value,
    () => ({ $gt: scalar() }),
    () => ({ $gte: scalar(), $lt: scalar() }),
    () => ({ $lte: scalar() }),
    () => ({ $in: [scalar(), scalar(), scalar()] }),
    () => ({ $exists: random() < 0.5 }),
    () => ({ $ne: scalar() }),
    () => ({ $not: { $lt: scalar() } }),
  ])();
}

function filter(): Document {
  const made = Object.fromEntries(Array.from({ length: 1 + below(3) }, () => [pick(FIELDS), condition()]));
  return random() < 0.1 ? { $or: [made, filter()] } : made;
}

function index(i: number): Document {
  const key = Object.fromEntries(Array.from({ length: 1 + below(3) }, () => [pick(FIELDS), pick([1, -1])]));
  const partial = pick([{ a: { $gt: 1 } }, { b: { $exists: true } }, { a: { $gte: 1 }, b: "a" }]);
  return { key, name: `i${i}`, ...pick<Document>([{}, {}, { sparse: true }, { partialFilterExpression: partial }]) };
}

function update(): Document {
  const field = pick(FIELDS);
  return pick<Document>([
    { $set: { [field]: value() } },
    { $push: { a: scalar() } },
    { $unset: { [field]: 1 } },
    { $inc: { a: 1 } },
    { $pull: { [field]: { a: scalar() } } },
  ]);
}

/** The pipeline of `countDocuments`. */
const countOf = (collection: string, filter: Document): Document => ({
  aggregate: collection,
  pipeline: [{ $match: filter }, { $group: { _id: 1, n: { $sum: 1 } } }],
  cursor: {},
});

test("whatever the documents and the indexes: an index changes no answer, and stays in step with every update", async (t) => {
  const dir = temporaryFolder("random");
  const engine = openEngine(dir, Date.now);
  const answer = answerWith(engine, (error) => assert.fail(String(error)));
  const run = async (command: Document) =>
    BSON.deserialize(encode(await answer(decode(Buffer.from(BSON.serialize({ ...command, $db: "t" }))))));
  let collection = "";
  const ask = async ({ query, sort }: { query: Document; sort: Document }) => {
    const found = await run({ find: collection, filter: query, sort, projection: { _id: 1 } });
    return [
      found["errmsg"] ?? found["cursor"].firstBatch.map((one: Document) => one["_id"]),
      (await run(countOf(collection, query)))["cursor"].firstBatch,
    ];
  };
  for (let round = 0; round < 9; round++) {
    collection = `c${round}`;
    await run({ insert: collection, documents: Array.from({ length: 30 }, (_, i) => document(i, round % 3 !== 0)) });
    const questions = Array.from({ length: 50 }, () => ({
      query: filter(),
      sort: { [pick(FIELDS)]: pick([1, -1]), _id: 1 },
    }));
    const without = await Promise.all(questions.map(ask));
    for (let i = 0; i < 3; i++) await run({ createIndexes: collection, indexes: [index(i)] });
    for (const [i, question] of questions.entries())
      assert.deepEqual(await ask(question), without[i], BSON.EJSON.stringify(question));
    for (let i = 0; i < 30; i++)
      await run({
        update: collection,
        updates: [{ q: filter(), u: update(), multi: random() < 0.3, upsert: random() < 0.1 }],
      });
    await run({ delete: collection, deletes: [{ q: filter(), limit: below(2) }] });
    assert.deepEqual(verify(engine), []);
  }
  t.diagnostic(`${engine.store.reads.indexScans} by index, ${engine.store.reads.collectionScans} by scan`);
  assert.ok(engine.store.reads.indexScans > 100);
  await engine.store.close();
});
