import type { mongo } from "mongoose";
import type { Collection, Loose } from "./case.ts";
import { command } from "./command-cases.ts";

type Refused = { name: string; run: (collection: Collection) => Promise<unknown>; gives: number; words: string };

const at = (c: Collection) => c.collectionName;
const runs = (name: string, document: (c: Collection) => Loose, gives: number, words: string): Refused => ({
  name,
  run: (c) => command(c, document(c)),
  gives,
  words,
});

/** What MongoDB has and the embedded database has not: each is named in the refusal. */
export const refusedCases: Refused[] = [
  runs("mapReduce", (c) => ({ mapReduce: at(c) }), 59, "mapReduce"),
  runs("explain", (c) => ({ explain: { find: at(c) } }), 59, "explain"),
  runs("collStats", (c) => ({ collStats: at(c) }), 59, "collStats"),
  runs("hint", (c) => ({ find: at(c), hint: { a: 1 } }), 40415, "hint"),
  runs("collation", (c) => ({ find: at(c), collation: { locale: "zh" } }), 40415, "collation"),
  runs(
    "collation in an update",
    (c) => ({ update: at(c), updates: [{ q: {}, u: { $set: { a: 1 } }, collation: { locale: "zh" } }] }),
    40415,
    "collation",
  ),
  runs("hint in a delete", (c) => ({ delete: at(c), deletes: [{ q: {}, limit: 1, hint: "a_1" }] }), 40415, "hint"),
  runs("tailable cursors", (c) => ({ find: at(c), tailable: true }), 40415, "tailable"),
  runs("let", (c) => ({ aggregate: at(c), pipeline: [], cursor: {}, let: { a: 1 } }), 40415, "let"),
  runs("capped collections", (c) => ({ create: `${at(c)}2`, capped: true, size: 5 }), 40415, "capped"),
  runs("validators", (c) => ({ create: `${at(c)}2`, validator: {} }), 40415, "validator"),
  runs(
    "hidden indexes",
    (c) => ({ createIndexes: at(c), indexes: [{ key: { a: 1 }, name: "a", hidden: true }] }),
    40415,
    "hidden",
  ),
  runs("text indexes", (c) => ({ createIndexes: at(c), indexes: [{ key: { a: "text" }, name: "a" }] }), 67, "text"),
  runs(
    "geo indexes",
    (c) => ({ createIndexes: at(c), indexes: [{ key: { a: "2dsphere" }, name: "a" }] }),
    67,
    "2dsphere",
  ),
  ...["$where", "$text", "$jsonSchema", "$comment"].map((op) =>
    runs(op, (c) => ({ find: at(c), filter: { [op]: "x" } }), 2, op),
  ),
  ...["$mod", "$near", "$geoWithin", "$bitsAllSet"].map((op) =>
    runs(op, (c) => ({ find: at(c), filter: { a: { [op]: [1, 0] } } }), 2, op),
  ),
  ...["$lookup", "$facet", "$unwind", "$out", "$merge", "$addFields"].map((stage) =>
    runs(stage, (c) => ({ aggregate: at(c), pipeline: [{ [stage]: {} }], cursor: {} }), 40324, stage),
  ),
  runs(
    "$avg",
    (c) => ({ aggregate: at(c), pipeline: [{ $group: { _id: null, n: { $avg: "$a" } } }], cursor: {} }),
    15952,
    "$avg",
  ),
  runs("$concat", (c) => ({ find: at(c), filter: { $expr: { $concat: ["$a", "b"] } } }), 168, "$concat"),
  runs("$function", (c) => ({ find: at(c), filter: { $expr: { $function: {} } } }), 168, "$function"),
  { name: "$bit", run: (c) => c.updateOne({}, { $bit: { a: { and: 1 } } }), gives: 9, words: "$bit" },
  { name: "$replaceWith", run: (c) => c.updateOne({}, [{ $replaceWith: "$a" }]), gives: 40324, words: "$replaceWith" },
  runs(
    "positional projection",
    (c) => ({ find: at(c), filter: { a: 1 }, projection: { "a.$": 1 } }),
    31395,
    "positional",
  ),
  runs("computed projection", (c) => ({ find: at(c), projection: { b: "$a" } }), 31252, "computed"),
  runs("$meta", (c) => ({ find: at(c), projection: { b: { $meta: "textScore" } } }), 31325, "$meta"),
  runs("$meta in a sort", (c) => ({ find: at(c), sort: { b: { $meta: "textScore" } } }), 15974, "$sort"),
  { name: "a field that begins with a dollar", run: (c) => c.insertOne({ $ne: null }), gives: 52, words: "$ne" },
  {
    name: "transactions",
    run: async (c) => {
      const session = ((c as Loose).client as mongo.MongoClient).startSession();
      session.startTransaction();
      try {
        return await c.insertOne({}, { session });
      } finally {
        await session.abortTransaction().catch(() => {});
        await session.endSession();
      }
    },
    gives: 263,
    words: "no transactions",
  },
];
