import { mongo } from "mongoose";
import { becomes, type Case, code, filled, type Loose, RARE } from "./case.ts";

const { Decimal128, Double, Long } = mongo;
const dec = (text: string) => Decimal128.fromString(text);

export const fieldUpdateCases: Case[] = [
  becomes({ a: 1 }, { $set: { a: 2, b: "x" } }, { a: 2, b: "x" }),
  becomes(
    { z: 1 },
    { $set: { c: 1, b: 1, a: 1 } },
    { z: 1, a: 1, b: 1, c: 1 },
    { second: { gives: { z: 1, c: 1, b: 1, a: 1 } } },
  ),
  becomes({ a: { x: 1 } }, { $set: { "a.y.z": 1 } }, { a: { x: 1, y: { z: 1 } } }),
  becomes({ a: [1, 2] }, { $set: { "a.1": 9, "a.3": 4 } }, { a: [1, 9, null, 4] }),
  becomes({}, { $set: { "a.0": 1 } }, { a: { 0: 1 } }),
  becomes({ a: 5 }, { $set: { "a.b": 1 } }, code(28)),
  becomes({ a: null }, { $set: { "a.b": 1 } }, code(28)),
  becomes({ a: [1] }, { $set: { "a.b": 1 } }, code(28)),
  becomes({ a: 1 }, { $set: { _id: 1, a: 2 } }, { a: 2 }),
  becomes({ a: 1 }, { $set: { _id: 2 } }, code(66)),
  becomes({ a: 1 }, { $unset: { _id: 1 } }, code(66)),
  becomes({ a: 1 }, { $set: { a: 1, "a.b": 2 } }, code(40)),
  becomes({ a: 1 }, { $set: { a: 1 }, $inc: { a: 2 } }, code(40)),
  becomes({ a: 1 }, { $set: {} }, { a: 1 }),
  becomes({ a: 1 }, { $set: { "": 1 } }, code(56), { second: RARE }),
  becomes({ a: 1 }, { $set: { $b: 1 } }, code(52), { second: RARE }),
  becomes({ a: 1, b: { c: 1, d: 2 } }, { $unset: { a: "", "b.c": 1, "x.y": 1 } }, { b: { d: 2 } }),
  becomes({ a: [1, 2, 3] }, { $unset: { "a.1": 1 } }, { a: [1, null, 3] }),
  becomes({ a: 5 }, { $unset: { "a.b": 1 } }, { a: 5 }),
  becomes({ a: 1 }, { $inc: { a: 2, b: 3 } }, { a: 3, b: 3 }),
  becomes({ a: 1 }, { $inc: { a: 1.5 } }, { a: 2.5 }),
  becomes({ a: new Double(1) }, { $inc: { a: 1 } }, { a: new Double(2) }),
  becomes({ a: 2147483647 }, { $inc: { a: 1 } }, { a: Long.fromString("2147483648") }),
  becomes({ a: Long.fromNumber(1) }, { $inc: { a: 1 } }, { a: Long.fromNumber(2) }),
  becomes({ a: Long.MAX_VALUE }, { $inc: { a: 1 } }, code(2)),
  becomes({ a: dec("0.1") }, { $inc: { a: dec("0.2") } }, { a: dec("0.3") }),
  becomes({ a: dec("1.50") }, { $inc: { a: 1 } }, { a: dec("2.50") }),
  becomes({ a: "x" }, { $inc: { a: 1 } }, code(14)),
  becomes({ a: null }, { $inc: { a: 1 } }, code(14)),
  becomes({ a: 1 }, { $inc: { a: "x" } }, code(14)),
  becomes({ a: 3 }, { $mul: { a: 2, b: 5 } }, { a: 6, b: 0 }),
  becomes({ a: 3 }, { $mul: { b: 1.5 } }, { a: 3, b: new Double(0) }),
  becomes({ a: dec("1.1") }, { $mul: { a: 3 } }, { a: dec("3.3") }),
  becomes({ a: "x" }, { $mul: { a: 2 } }, code(14)),
  becomes({ a: 5, b: 5 }, { $min: { a: 3, b: 7, c: 1 } }, { a: 3, b: 5, c: 1 }),
  becomes({ a: 5, b: 5 }, { $max: { a: 3, b: 7, c: 1 } }, { a: 5, b: 7, c: 1 }),
  becomes({ a: 5 }, { $max: { a: "x" } }, { a: "x" }),
  becomes({ a: 5 }, { $min: { a: new Double(5) } }, { a: 5 }),
  becomes({ a: 1, b: 2 }, { $rename: { a: "c" } }, { b: 2, c: 1 }),
  becomes({ a: 1, b: 2 }, { $rename: { a: "b" } }, { b: 1 }),
  becomes({ a: { b: 1 } }, { $rename: { "a.b": "d.e", x: "y" } }, { a: {}, d: { e: 1 } }),
  becomes({ a: 1 }, { $rename: { a: "a" } }, code(2), { second: { gives: code(40) } }),
  becomes({ a: [{ b: 1 }] }, { $rename: { "a.0.b": "c" } }, code(2)),
  becomes({ a: 1 }, { $setOnInsert: { a: 5 }, $set: { b: 1 } }, { a: 1, b: 1 }),
  becomes({ a: 1 }, { $currentDate: { a: "x" } }, code(2)),
  {
    name: "$currentDate gives dates and timestamps",
    run: async (c) => {
      await filled(c, [{ _id: 1 }]);
      await c.updateOne({}, { $currentDate: { a: true as Loose, b: { $type: "date" }, c: { $type: "timestamp" } } });
      return c.countDocuments({ a: { $type: "date" }, b: { $type: 9 }, c: { $type: "timestamp" } });
    },
    gives: 1,
  },
];

export const arrayUpdateCases: Case[] = [
  becomes({ a: [1] }, { $push: { a: 2, b: 3 } }, { a: [1, 2], b: [3] }),
  becomes({ a: [1] }, { $push: { a: [2, 3] } }, { a: [1, [2, 3]] }),
  becomes({ a: [1] }, { $push: { a: { $each: [2, 3] } } }, { a: [1, 2, 3] }),
  becomes({ a: [1, 2] }, { $push: { a: { $each: [8, 9], $position: 1 } } }, { a: [1, 8, 9, 2] }),
  becomes({ a: [1, 2] }, { $push: { a: { $each: [8], $position: -1 } } }, { a: [1, 8, 2] }),
  becomes({ a: [1, 2] }, { $push: { a: { $each: [3, 4], $slice: -3 } } }, { a: [2, 3, 4] }),
  becomes({ a: [1, 2] }, { $push: { a: { $each: [3], $slice: 2 } } }, { a: [1, 2] }),
  becomes({ a: [1, 2] }, { $push: { a: { $each: [], $slice: 0 } } }, { a: [] }),
  becomes({}, { $push: { a: { $each: [1, 2, 3], $slice: -2 } } }, { a: [2, 3] }),
  becomes({ a: [3, 1] }, { $push: { a: { $each: [2], $sort: 1 } } }, { a: [1, 2, 3] }),
  becomes(
    { a: [{ n: 3 }, { n: 1 }] },
    { $push: { a: { $each: [{ n: 2 }], $sort: { n: -1 }, $slice: 2 } } },
    { a: [{ n: 3 }, { n: 2 }] },
  ),
  becomes({ a: 5 }, { $push: { a: 1 } }, code(2)),
  becomes({ a: null }, { $push: { a: 1 } }, code(2)),
  becomes({ a: [] }, { $push: { a: { $each: 5 } } }, code(2)),
  becomes({ a: [] }, { $push: { a: { $each: [1], $nothing: 1 } } }, code(2)),
  becomes({ a: [1, 1] }, { $addToSet: { a: 2 } }, { a: [1, 1, 2] }),
  becomes({ a: [1] }, { $addToSet: { a: new Double(1) } }, { a: [1] }),
  becomes({ a: [1] }, { $addToSet: { a: { $each: [2, 1, 2, 3] }, b: 1 } }, { a: [1, 2, 3], b: [1] }),
  becomes(
    { a: [{ x: 1, y: 2 }] },
    { $addToSet: { a: { y: 2, x: 1 } } },
    {
      a: [
        { x: 1, y: 2 },
        { y: 2, x: 1 },
      ],
    },
  ),
  becomes({ a: 5 }, { $addToSet: { a: 1 } }, code(2)),
  becomes({ a: [1, 2, 1, 3] }, { $pull: { a: 1, b: 2 } }, { a: [2, 3] }),
  becomes({ a: [1, 5, 9] }, { $pull: { a: { $gte: 5 } } }, { a: [1] }),
  becomes(
    {
      a: [
        { x: 1, y: 1 },
        { x: 2, y: 1 },
      ],
    },
    { $pull: { a: { x: 1 } } },
    { a: [{ x: 2, y: 1 }] },
  ),
  becomes({ a: [{ x: 1 }, { x: 5 }] }, { $pull: { a: { x: { $gt: 2 } } } }, { a: [{ x: 1 }] }),
  becomes({ a: [1, 2, 3] }, { $pull: { a: { $in: [1, 3] } } }, { a: [2] }),
  becomes(
    { a: ["ab", "cd"] },
    { $pull: { a: /^a/ } },
    { a: ["cd"] },
    { second: { notAsked: "takes a regular expression for a value" } },
  ),
  becomes({ a: 5 }, { $pull: { a: 5 } }, code(2)),
  becomes({ a: [1, 2, 3, 1] }, { $pullAll: { a: [1, 3] } }, { a: [2] }),
  becomes({ a: [1] }, { $pullAll: { a: 1 } }, code(2)),
  becomes({ a: [1, 2, 3] }, { $pop: { a: 1 } }, { a: [1, 2] }),
  becomes({ a: [1, 2, 3] }, { $pop: { a: -1, b: 1 } }, { a: [2, 3] }),
  becomes({ a: "x" }, { $pop: { a: 1 } }, code(14), { second: RARE }),
  becomes({ a: [1] }, { $pop: { a: 5 } }, code(9)),
];

const items = {
  items: [
    { s: "a", n: 1 },
    { s: "b", n: 2 },
  ],
};

export const positionCases: Case[] = [
  becomes({ a: [1, 2, 3] }, { $set: { "a.$": 9 } }, { a: [1, 9, 3] }, { filter: { a: 2 } }),
  becomes({ a: [1, 5, 9] }, { $inc: { "a.$": 1 } }, { a: [1, 6, 9] }, { filter: { a: { $gt: 3 } } }),
  becomes(
    items,
    { $set: { "items.$.n": 7, "items.$.m": 8 } },
    {
      items: [
        { s: "a", n: 1 },
        { s: "b", n: 7, m: 8 },
      ],
    },
    { filter: { "items.s": "b" } },
  ),
  becomes(
    items,
    { $set: { "items.$.s": "c", "items.$.t": 1 } },
    {
      items: [
        { s: "a", n: 1 },
        { s: "c", n: 2, t: 1 },
      ],
    },
    { filter: { items: { $elemMatch: { s: "b", n: 2 } } } },
  ),
  becomes(
    items,
    { $set: { "items.$.n": 7 } },
    {
      items: [
        { s: "a", n: 1 },
        { s: "b", n: 7 },
      ],
    },
    { filter: { $and: [{ "items.s": "b" }] } },
  ),
  becomes(
    items,
    { $set: { "items.$.n": 7 } },
    {
      items: [
        { s: "a", n: 1 },
        { s: "b", n: 7 },
      ],
    },
    { filter: { "items.s": "b", "items.n": 2 } },
  ),
  becomes({ a: [1, 2] }, { $set: { "a.$": 9 } }, code(2)),
  becomes({ a: [1, 2, 3] }, { $inc: { "a.$[]": 10 } }, { a: [11, 12, 13] }),
  becomes(
    items,
    { $set: { "items.$[].n": 0 } },
    {
      items: [
        { s: "a", n: 0 },
        { s: "b", n: 0 },
      ],
    },
  ),
  becomes({ a: 5 }, { $set: { "a.$[]": 1 } }, code(2), { second: { gives: code(28) } }),
  becomes({}, { $set: { "a.$[]": 1 } }, code(2)),
  becomes(
    items,
    { $set: { "items.$[i].n": 9 } },
    {
      items: [
        { s: "a", n: 1 },
        { s: "b", n: 9 },
      ],
    },
    { options: { arrayFilters: [{ "i.s": "b" }] } },
  ),
  becomes(
    { a: [1, 5, 9] },
    { $set: { "a.$[e]": 0 } },
    { a: [1, 0, 0] },
    { options: { arrayFilters: [{ e: { $gte: 5 } }] } },
  ),
  becomes(
    items,
    { $set: { "items.$[i].n": 9 } },
    {
      items: [
        { s: "a", n: 9 },
        { s: "b", n: 9 },
      ],
    },
    { options: { arrayFilters: [{ $or: [{ "i.s": "a" }, { "i.n": 2 }] }] } },
  ),
  becomes(
    { g: [{ i: [1, 2] }, { i: [2] }] },
    { $inc: { "g.$[].i.$[e]": 5 } },
    { g: [{ i: [1, 7] }, { i: [7] }] },
    { options: { arrayFilters: [{ e: 2 }] } },
  ),
  becomes(items, { $set: { "items.$[i].n": 9 } }, code(2)),
  becomes(items, { $set: { a: 1 } }, code(9), { options: { arrayFilters: [{ "i.s": "b" }] } }),
  becomes(items, { $pull: { "items.$[].x": 1 }, $push: { log: 1 } }, { ...items, log: [1] }),
];

export const pipelineCases: Case[] = [
  becomes({ a: 1 }, [{ $set: { b: "$a", c: { $literal: "$a" } } }], { a: 1, b: 1, c: "$a" }),
  becomes({ o: { x: 1 } }, [{ $set: { o: { y: 2 } } }], { o: { x: 1, y: 2 } }),
  becomes({ o: { x: 1 } }, [{ $set: { "o.y": { $add: ["$o.x", 1] } } }], { o: { x: 1, y: 2 } }),
  becomes({ a: [{ n: 1 }, { n: 2 }] }, [{ $set: { "a.k": 5 } }], {
    a: [
      { n: 1, k: 5 },
      { n: 2, k: 5 },
    ],
  }),
  becomes({ a: 5, b: 3 }, [{ $set: { c: { $subtract: ["$a", "$b"] } } }, { $unset: ["a", "b"] }], { c: 2 }),
  becomes({ a: { b: 1, c: 2 } }, [{ $unset: "a.b" }], { a: { c: 2 } }),
  becomes({ a: 5 }, [{ $set: { b: { $cond: [{ $gt: ["$a", 3] }, "big", "small"] } } }], { a: 5, b: "big" }),
  becomes({ a: 1 }, [{ $set: { b: { $cond: { if: { $gt: ["$a", 3] }, then: "big", else: "small" } } } }], {
    a: 1,
    b: "small",
  }),
  becomes({ a: null }, [{ $set: { b: { $ifNull: ["$a", "$x", 7] } } }], { a: null, b: 7 }),
  becomes(
    { a: [1], b: [2] },
    [{ $set: { c: { $concatArrays: ["$a", "$b", [3]] }, d: { $concatArrays: ["$a", "$x"] } } }],
    { a: [1], b: [2], c: [1, 2, 3], d: null },
  ),
  becomes({ a: 1 }, [{ $set: { c: { $concatArrays: ["$a"] } } }], code(28664), { second: RARE }),
  becomes(
    { a: new Date(1000) },
    [{ $set: { b: { $add: ["$a", 500] }, c: { $subtract: ["$a", 500] }, d: { $subtract: ["$a", "$a"] } } }],
    {
      a: new Date(1000),
      b: new Date(1500),
      c: new Date(500),
      d: Long.fromNumber(0),
    },
  ),
  becomes({ a: 1 }, [{ $set: { b: "$x" } }], { a: 1 }),
  becomes({ a: 1 }, [{ $set: { _id: 5 } }], code(66)),
  becomes({ a: 2147483647 }, [{ $set: { b: { $add: ["$a", 1] } } }], {
    a: 2147483647,
    b: Long.fromString("2147483648"),
  }),
  becomes({ a: 1 }, [{ $nothing: {} }], code(40324), { second: RARE }),
  {
    name: "$$NOW in a pipeline is a date, the same everywhere",
    run: async (c) => {
      await filled(c, [{ _id: 1 }]);
      await c.updateOne({}, [{ $set: { a: "$$NOW", b: "$$NOW" } }]);
      return c.countDocuments({ $expr: { $eq: ["$a", "$b"] }, a: { $type: "date" } });
    },
    gives: 1,
  },
];

const counts = ({ matchedCount, modifiedCount, upsertedCount }: Loose) => ({
  matchedCount,
  modifiedCount,
  upsertedCount,
});

export const writeCases: Case[] = [
  {
    name: "updateMany counts what matched and what changed",
    run: async (c) =>
      counts(await (await filled(c, [{ n: 1 }, { n: 2 }, { n: 2 }])).updateMany({}, { $set: { n: 2 } })),
    gives: { matchedCount: 3, modifiedCount: 1, upsertedCount: 0 },
  },
  {
    name: "a replacement keeps the _id",
    run: async (c) => {
      await filled(c, [{ _id: 1, a: 1 }]);
      await c.replaceOne({ a: 1 }, { b: 2 });
      return c.find().toArray();
    },
    gives: [{ _id: 1, b: 2 }],
  },
  {
    name: "a replacement with another _id is refused",
    run: async (c) => (await filled(c, [{ _id: 1, a: 1 }])).replaceOne({ a: 1 }, { _id: 2 } as Loose),
    gives: code(66),
  },
  {
    name: "an upsert starts from the equalities of its filter",
    run: async (c) => {
      const filter = { _id: 5 as Loose, a: 1, "b.c": 2, d: { $gt: 5 }, $and: [{ e: { $eq: 4 } }] };
      const result = await c.updateOne(filter, { $set: { f: 1 }, $setOnInsert: { g: 2 } }, { upsert: true });
      return [
        counts(result),
        await c.countDocuments({ _id: 5 as Loose, a: 1, b: { c: 2 }, e: 4, f: 1, g: 2, d: { $exists: false } }),
      ];
    },
    gives: [{ matchedCount: 0, modifiedCount: 0, upsertedCount: 1 }, 1],
  },
  {
    name: "an upsert that replaces takes the _id from the filter",
    run: async (c) => {
      await c.replaceOne({ _id: 7 as Loose, a: 1 }, { b: 2 }, { upsert: true });
      return c.find().toArray();
    },
    gives: [{ _id: 7, b: 2 }],
  },
  {
    name: "an upsert whose filter says a field twice is refused",
    run: (c) => c.updateOne({ a: 1, $and: [{ a: 2 }] }, { $set: { b: 1 } }, { upsert: true }),
    gives: code(54),
    second: RARE,
  },
  {
    name: "an upsert by a pipeline",
    run: async (c) => {
      await c.updateOne({ _id: 1 as Loose }, [{ $set: { n: { $add: [{ $ifNull: ["$n", 0] }, 1] } } }], {
        upsert: true,
      });
      return c.find().toArray();
    },
    gives: [{ _id: 1, n: 1 }],
  },
  {
    name: "deleteOne and deleteMany",
    run: async (c) => {
      await filled(c, [{ a: 1 }, { a: 1 }, { a: 1 }, { a: 2 }]);
      return [
        (await c.deleteOne({ a: 1 })).deletedCount,
        (await c.deleteMany({ a: 1 })).deletedCount,
        await c.countDocuments(),
      ];
    },
    gives: [1, 2, 1],
  },
  {
    name: "an ordered insert stops at the first error",
    run: async (c) => {
      const error = (await c
        .insertMany([{ _id: 1 }, { _id: 1 }, { _id: 2 }] as Loose)
        .catch((thrown) => thrown)) as Loose;
      return [
        Number(error.code),
        error.writeErrors.map((one: Loose) => [one.index, one.code]),
        await c.countDocuments(),
      ];
    },
    gives: [11000, [[1, 11000]], 1],
  },
  {
    name: "an unordered insert goes on behind errors",
    run: async (c) => {
      const documents = [{ _id: 1 }, { _id: 1 }, { _id: 2 }, { _id: 2 }, { _id: 3 }] as Loose;
      const error = (await c.insertMany(documents, { ordered: false }).catch((thrown) => thrown)) as Loose;
      return [
        Number(error.code),
        error.writeErrors.map((one: Loose) => [one.index, one.code]),
        await c.countDocuments(),
      ];
    },
    gives: [
      11000,
      [
        [1, 11000],
        [3, 11000],
      ],
      3,
    ],
  },
  {
    name: "bulk writes of every kind",
    run: async (c) => {
      const result = await c.bulkWrite([
        { insertOne: { document: { _id: 1 as Loose, n: 1 } } },
        { updateOne: { filter: { _id: 1 as Loose }, update: { $inc: { n: 1 } } } },
        { updateOne: { filter: { _id: 2 as Loose }, update: { $set: { n: 5 } }, upsert: true } },
        { deleteOne: { filter: { n: 5 } } },
      ]);
      return [result.insertedCount, result.upsertedCount, result.deletedCount, await c.find().toArray()];
    },
    gives: [1, 1, 1, [{ _id: 1, n: 2 }]],
  },
  {
    name: "findOneAndUpdate: before, after, with sort and projection",
    run: async (c) => {
      await filled(c, [
        { _id: 1, n: 1 },
        { _id: 2, n: 2 },
      ]);
      const before = await c.findOneAndUpdate({}, { $inc: { n: 10 } }, { sort: { n: -1 } });
      const later = await c.findOneAndUpdate(
        {},
        { $inc: { n: 10 } },
        { sort: { n: 1 }, returnDocument: "after", projection: { n: 1, _id: 0 } },
      );
      return [before, later, await c.findOneAndUpdate({ n: 99 }, { $set: { n: 1 } })];
    },
    gives: [{ _id: 2, n: 2 }, { n: 11 }, null],
  },
  {
    name: "findOneAndUpdate with upsert, and what it says of it",
    run: async (c) => {
      const result = await c.findOneAndUpdate(
        { _id: 1 as Loose },
        { $set: { a: 1 } },
        { upsert: true, returnDocument: "after", includeResultMetadata: true },
      );
      return [result.value, result.lastErrorObject];
    },
    gives: [
      { _id: 1, a: 1 },
      { n: 1, updatedExisting: false, upserted: 1 },
    ],
  },
  {
    name: "findOneAndDelete and findOneAndReplace",
    run: async (c) => {
      await filled(c, [
        { _id: 1, n: 1 },
        { _id: 2, n: 2 },
      ]);
      return [
        await c.findOneAndDelete({ n: 1 }),
        await c.findOneAndReplace({ n: 2 }, { m: 3 }, { returnDocument: "after" }),
        await c.countDocuments(),
      ];
    },
    gives: [{ _id: 1, n: 1 }, { _id: 2, m: 3 }, 1],
  },
  {
    name: "findAndModify with arrayFilters",
    run: async (c) => {
      await filled(c, [{ _id: 1, a: [1, 5] }]);
      return c.findOneAndUpdate({}, { $set: { "a.$[e]": 0 } }, { arrayFilters: [{ e: 5 }], returnDocument: "after" });
    },
    gives: { _id: 1, a: [1, 0] },
  },
  { name: "an _id cannot be an array", run: (c) => c.insertOne({ _id: [1] as Loose }), gives: code(53), second: RARE },
  { name: "an unknown modifier", run: (c) => c.updateOne({}, { $nothing: { a: 1 } } as Loose), gives: code(9) },
  {
    name: "types come back as they went in",
    run: async (c) => {
      await filled(c, [
        {
          _id: 1,
          i: 5,
          d: new Double(5),
          l: Long.fromNumber(5),
          m: dec("5.0"),
          s: "5",
          n: null,
          t: true,
          x: [],
          o: {},
        },
      ]);
      return c.findOne();
    },
    gives: {
      _id: 1,
      i: 5,
      d: new Double(5),
      l: Long.fromNumber(5),
      m: dec("5.0"),
      s: "5",
      n: null,
      t: true,
      x: [],
      o: {},
    },
  },
];
