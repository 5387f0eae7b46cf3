import { mongo } from "mongoose";
import type { Collection, Loose } from "./case.ts";
import { command } from "./command-cases.ts";

type Refused = { name: string; run: (collection: Collection) => Promise<unknown>; gives: number; words: string };

const at = (c: Collection) => c.collectionName;
const runs = (
  name: string,
  document: (c: Collection) => Loose | Promise<Loose>,
  gives: number,
  words: string,
): Refused => ({
  name,
  run: async (c) => {
    const { writeErrors, ...answer } = await command(c, await document(c));
    if (writeErrors) throw Object.assign(new Error(writeErrors[0].errmsg), { code: writeErrors[0].code });
    return answer;
  },
  gives,
  words,
});

const asks = (operator: string, filter: Loose, words = operator): Refused =>
  runs(operator, (c) => ({ find: at(c), filter }), 2, words);
const counts = (name: string, pipeline: Loose[], words: string, gives = 40324): Refused =>
  runs(name, (c) => ({ aggregate: at(c), pipeline, cursor: {} }), gives, words);
const updates = (name: string, u: Loose, words: string, gives = 9): Refused =>
  runs(
    name,
    async (c) => {
      const filter = { _id: 1 as Loose };
      await c.updateOne(filter, { $set: { a: [1] } }, { upsert: true });
      return { update: at(c), updates: [{ q: filter, u }] };
    },
    gives,
    words,
  );
const shows = (name: string, projection: Loose, gives: number, words: string): Refused =>
  runs(name, (c) => ({ find: at(c), projection }), gives, words);
const indexes = (name: string, index: Loose, gives: number, words: string): Refused =>
  runs(name, (c) => ({ createIndexes: at(c), indexes: [{ name: "one", ...index }] }), gives, words);

/**
 * Features of MongoDB that the embedded database refuses by name, because the project does not use them.
 */
export const refusedCases: Refused[] = [
  ...["mapReduce", "explain", "collStats", "distinct", "drop", "create", "dropIndexes"].map((name) =>
    runs(name, (c) => ({ [name]: at(c) }), 59, name),
  ),
  ...["listCollections", "dropDatabase", "buildInfo", "connectionStatus", "killSessions"].map((name) =>
    runs(name, () => ({ [name]: 1 }), 59, name),
  ),
  ...["skip", "hint", "collation", "tailable", "comment", "let"].map((option) =>
    runs(option, (c) => ({ find: at(c), [option]: 1 }), 40415, option),
  ),
  runs("count with a query", (c) => ({ count: at(c), query: {} }), 40415, "query"),
  runs("arrayFilters", (c) => ({ findAndModify: at(c), update: {}, arrayFilters: [] }), 40415, "arrayFilters"),
  runs("removing findAndModify", (c) => ({ findAndModify: at(c), remove: true }), 9, "remove"),
  runs(
    "collation in an update",
    (c) => ({ update: at(c), updates: [{ q: {}, u: { $set: { a: 1 } }, collation: { locale: "zh" } }] }),
    40415,
    "collation",
  ),
  runs("hint in a delete", (c) => ({ delete: at(c), deletes: [{ q: {}, limit: 1, hint: "a_1" }] }), 40415, "hint"),
  indexes("hidden indexes", { key: { a: 1 }, hidden: true }, 40415, "hidden"),
  indexes("text indexes", { key: { a: "text" } }, 67, "text"),
  indexes("geo indexes", { key: { a: "2dsphere" } }, 67, "2dsphere"),
  indexes("indexes on a position", { key: { "a.0": 1 } }, 67, "a.0"),
  ...["$where", "$text", "$jsonSchema", "$comment", "$expr", "$and", "$nor"].map((op) => asks(op, { [op]: "x" })),
  ...["$eq", "$nin", "$all", "$elemMatch", "$type", "$regex", "$mod", "$near", "$bitsAllSet"].map((op) =>
    asks(op, { a: { [op]: [1, 0] } }),
  ),
  asks("a regular expression", { a: /b/ }, "regex"),
  asks("a decimal", { a: { $in: [mongo.Decimal128.fromString("1")] } }, "decimal"),
  ...["$lookup", "$facet", "$unwind", "$out", "$merge", "$project", "$sort", "$limit", "$count"].map((stage) =>
    counts(stage, [{ [stage]: {} }], stage),
  ),
  counts("$avg", [{ $match: {} }, { $group: { _id: 1, n: { $avg: 1 } } }], "$avg", 15952),
  counts("groups", [{ $match: {} }, { $group: { _id: "$a", n: { $sum: 1 } } }], "count"),
  counts("sums", [{ $match: {} }, { $group: { _id: 1, n: { $sum: "$a" } } }], "count"),
  counts("a $match alone", [{ $match: {} }], "count"),
  ...["$min", "$max", "$mul", "$rename", "$currentDate", "$addToSet", "$pullAll", "$pop", "$bit"].map((op) =>
    updates(op, { [op]: { a: 1 } }, op),
  ),
  updates("an update that is a pipeline", [{ $set: { a: 1 } }], "operators"),
  updates("a replacement", { a: 1 }, "'a'"),
  ...["$position", "$sort"].map((name) => updates(name, { $push: { a: { $each: [1], [name]: 1 } } }, name, 2)),
  updates("$pull of a value", { $pull: { a: 1 } }, "$pull", 2),
  updates("$pull by a condition on elements", { $pull: { a: { $in: [1] } } }, "$in", 2),
  updates("a positional update", { $set: { "a.$": 1 } }, "a.$", 52),
  updates("an update inside an array", { $set: { "a.0": 2 } }, "'0'", 28),
  updates("an $unset inside an array", { $unset: { "a.0": 1 } }, "'0'", 28),
  shows("exclusion", { b: 0 }, 31252, "b"),
  shows("a path in a projection", { "b.c": 1 }, 16410, "b.c"),
  shows("a slice alone", { b: { $slice: 1 } }, 31252, "field"),
  shows("$elemMatch in a projection", { b: { $elemMatch: {} } }, 31325, "$elemMatch"),
  shows("computed projection", { b: "$a" }, 31252, "b"),
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
