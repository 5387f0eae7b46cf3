import { mongo } from "mongoose";
import { type Case, type Collection, code, filled, type Loose, RARE, shows } from "./case.ts";

const { Binary, Decimal128, Double, Long, MaxKey, MinKey, ObjectId } = mongo;

const nested = { a: 1, b: { c: 1, d: 2 }, e: [{ f: 1, g: 2 }, { f: 3 }, 5, [{ f: 9, g: 9 }]] };

export const projectionCases: Case[] = [
  shows({ a: 1, b: 2, c: 3 }, { c: 1, a: 1 }, { _id: 1, a: 1, c: 3 }),
  shows({ a: 1, b: 2 }, { a: 1, _id: 0 }, { a: 1 }),
  shows({ a: 1, b: 2 }, { a: 0 }, { _id: 1, b: 2 }),
  shows({ a: 1, b: 2 }, { _id: 0 }, { a: 1, b: 2 }),
  shows({ a: 1, b: 2 }, { _id: 1 }, { _id: 1 }),
  shows(nested, { "b.c": 1 }, { _id: 1, b: { c: 1 } }),
  shows(nested, { "b.c": 0, e: 0 }, { _id: 1, a: 1, b: { d: 2 } }),
  shows(nested, { "e.f": 1 }, { _id: 1, e: [{ f: 1 }, { f: 3 }, [{ f: 9 }]] }),
  shows(nested, { "e.f": 0, a: 0, b: 0 }, { _id: 1, e: [{ g: 2 }, {}, 5, [{ g: 9 }]] }),
  shows({ a: 5 }, { "a.b": 1 }, { _id: 1 }),
  shows({ a: [1, 2, 3], b: 1 }, { a: { $slice: 2 } }, { _id: 1, a: [1, 2], b: 1 }),
  shows({ a: [1, 2, 3], b: 1 }, { a: { $slice: -1 } }, { _id: 1, a: [3], b: 1 }),
  shows({ a: [1, 2, 3, 4], b: 1 }, { a: { $slice: [1, 2] } }, { _id: 1, a: [2, 3], b: 1 }),
  shows({ a: [1, 2, 3, 4], b: 1 }, { a: { $slice: [-3, 2] } }, { _id: 1, a: [2, 3], b: 1 }),
  shows({ a: [1, 2, 3], b: 1, c: 1 }, { a: { $slice: 1 }, b: 1 }, { _id: 1, a: [1], b: 1 }),
  shows(
    { b: 1, a: [{ x: 1 }, { x: 2 }, { x: 2, y: 1 }], c: 1 },
    { a: { $elemMatch: { x: 2 } } },
    { _id: 1, a: [{ x: 2 }] },
  ),
  shows({ a: [1, 5, 9] }, { a: { $elemMatch: { $gt: 4 } } }, { _id: 1, a: [5] }),
  shows({ a: [1] }, { a: { $elemMatch: { $gt: 4 } } }, { _id: 1 }),
  shows({ a: 1, b: 1 }, { a: 1, b: 0 }, code(31254), RARE),
  shows({ a: 1, b: 1 }, { a: 0, b: 1 }, code(31253), RARE),
  shows({ a: { b: 1 } }, { a: 1, "a.b": 1 }, code(31249), RARE),
];

const mixed = (): Loose[] => [
  { _id: 1, v: "text" },
  { _id: 2, v: 5 },
  { _id: 3, v: new MaxKey() },
  { _id: 4 },
  { _id: 5, v: true },
  { _id: 6, v: new Date(0) },
  { _id: 7, v: new ObjectId("6b04310134e08a8df864791e") },
  { _id: 8, v: { a: 1 } },
  { _id: 9, v: new Binary(Buffer.from([1])) },
  { _id: 10, v: new MinKey() },
  { _id: 11, v: Long.fromString("9007199254740993") },
  { _id: 12, v: 2 ** 53 },
  { _id: 13, v: Decimal128.fromString("4.5") },
  { _id: 14, v: false },
  { _id: 15, v: [] },
];

async function ids(collection: Collection, documents: Loose[], sort: Loose, filter: Loose = {}): Promise<number[]> {
  await filled(collection, documents);
  return (await collection.find(filter).sort(sort).toArray()).map((document) => Number(document["_id"]));
}

export const sortCases: Case[] = [
  {
    name: "values of all types, ascending",
    run: (c) => ids(c, mixed(), { v: 1, _id: 1 }),
    gives: [10, 15, 4, 13, 2, 12, 11, 1, 8, 9, 7, 14, 5, 6, 3],
    second: { notAsked: "puts an empty array beside null; MongoDB before it" },
  },
  {
    name: "values of all types, descending",
    run: (c) => ids(c, mixed(), { v: -1, _id: 1 }),
    gives: [3, 6, 5, 14, 7, 9, 8, 1, 11, 12, 2, 13, 4, 15, 10],
    second: { notAsked: "puts an empty array beside null; MongoDB before it" },
  },
  {
    name: "arrays ascending by their smallest element, descending by their largest",
    run: async (c) => {
      const documents = [
        { _id: 1, v: [5, 10] },
        { _id: 2, v: 7 },
        { _id: 3, v: [1, 6] },
        { _id: 4, v: 11 },
      ];
      return [await ids(c, documents, { v: 1 }), await ids(c, [], { v: -1 })];
    },
    gives: [
      [3, 1, 2, 4],
      [4, 1, 2, 3],
    ],
  },
  {
    name: "two fields in two directions",
    run: (c) =>
      ids(
        c,
        [
          { _id: 1, a: 1, b: 1 },
          { _id: 2, a: 1, b: 2 },
          { _id: 3, a: 0, b: 1 },
        ],
        { a: 1, b: -1 },
      ),
    gives: [3, 2, 1],
  },
  {
    name: "by a path through an array",
    run: (c) =>
      ids(
        c,
        [
          { _id: 1, a: [{ n: 5 }, { n: 2 }] },
          { _id: 2, a: { n: 3 } },
          { _id: 3, a: [{}] },
        ],
        { "a.n": 1 },
      ),
    gives: [3, 1, 2],
  },
];

async function several(collection: Collection, count = 350): Promise<void> {
  await filled(
    collection,
    Array.from({ length: count }, (_, i) => ({ _id: i, n: i % 7 })),
  );
}

const numbers = (documents: Loose[]) => documents.map((document) => Number(document._id));

export const cursorCases: Case[] = [
  {
    name: "skip and limit behind a sort",
    run: async (c) => {
      await several(c);
      return numbers(await c.find().sort({ _id: -1 }).skip(3).limit(4).toArray());
    },
    gives: [346, 345, 344, 343],
  },
  {
    name: "all documents over many batches, in order",
    run: async (c) => {
      await several(c);
      const found = numbers(await c.find().sort({ _id: 1 }).batchSize(20).toArray());
      return [found.length, found.every((id, i) => id === i)];
    },
    gives: [350, true],
  },
  {
    name: "a sort in memory over many batches",
    run: async (c) => {
      await several(c);
      const found = numbers(await c.find().sort({ n: -1, _id: 1 }).batchSize(33).toArray());
      return [found.length, found.slice(0, 3), found.slice(-2)];
    },
    gives: [350, [6, 13, 20], [336, 343]],
  },
  {
    name: "a limit that is negative gives one batch",
    run: async (c) => {
      await several(c);
      return (await c.find().limit(-5).sort({ _id: 1 }).toArray()).length;
    },
    gives: 5,
  },
  {
    name: "documents that are removed while a cursor is open are left out, the others come once",
    run: async (c) => {
      await several(c);
      const cursor = c.find().sort({ _id: 1 }).batchSize(10);
      const seen = [Number((await cursor.next())?.["_id"])];
      await c.deleteMany({ _id: { $gte: 300 } as Loose });
      for await (const document of cursor) seen.push(Number(document["_id"]));
      return [new Set(seen).size === seen.length, seen.length >= 300];
    },
    gives: [true, true],
  },
  {
    name: "find in a collection that is not there",
    run: (c) => c.find({ a: 1 }).toArray(),
    gives: [],
  },
];

const sales = [
  { _id: 1, k: "a", n: 5 },
  { _id: 2, k: "b", n: new Double(2.5) },
  { _id: 3, k: "a", n: 7 },
  { _id: 4, n: "x" },
];

async function aggregated(collection: Collection, pipeline: Loose[]): Promise<unknown> {
  return (await filled(collection, sales)).aggregate(pipeline).toArray();
}

export const aggregateCases: Case[] = [
  {
    name: "$match, $sort, $skip, $limit",
    run: (c) => aggregated(c, [{ $match: { n: { $gt: 1 } } }, { $sort: { n: -1 } }, { $skip: 1 }, { $limit: 1 }]),
    gives: [{ _id: 1, k: "a", n: 5 }],
  },
  {
    name: "$match behind another stage",
    run: (c) => aggregated(c, [{ $sort: { _id: 1 } }, { $limit: 3 }, { $match: { k: "a" } }, { $project: { _id: 1 } }]),
    gives: [{ _id: 1 }, { _id: 3 }],
  },
  {
    name: "$project",
    run: (c) => aggregated(c, [{ $sort: { _id: 1 } }, { $limit: 1 }, { $project: { n: 1, _id: 0 } }]),
    gives: [{ n: 5 }],
  },
  {
    name: "$group by a field",
    run: (c) =>
      aggregated(c, [
        {
          $group: { _id: "$k", count: { $sum: 1 }, total: { $sum: "$n" }, least: { $min: "$n" }, most: { $max: "$n" } },
        },
        { $sort: { _id: 1 } },
      ]),
    gives: [
      { _id: null, count: 1, total: 0, least: "x", most: "x" },
      { _id: "a", count: 2, total: 12, least: 5, most: 7 },
      { _id: "b", count: 1, total: new Double(2.5), least: new Double(2.5), most: new Double(2.5) },
    ],
  },
  {
    name: "$group by a constant",
    run: (c) => aggregated(c, [{ $group: { _id: null, n: { $count: {} }, most: { $max: "$n" } } }]),
    gives: [{ _id: null, n: 4, most: "x" }],
  },
  {
    name: "$group of nothing",
    run: (c) => aggregated(c, [{ $match: { k: "z" } }, { $group: { _id: null, n: { $sum: 1 } } }]),
    gives: [],
  },
  { name: "$count", run: (c) => aggregated(c, [{ $match: { k: "a" } }, { $count: "many" }]), gives: [{ many: 2 }] },
  { name: "an unknown stage", run: (c) => aggregated(c, [{ $nothing: 1 }]), gives: code(40324) },
  {
    name: "a stage with two fields",
    run: (c) => aggregated(c, [{ $match: {}, $sort: { a: 1 } }]),
    gives: code(40323),
    second: RARE,
  },
  { name: "a limit of zero", run: (c) => aggregated(c, [{ $limit: 0 }]), gives: code(15958), second: RARE },
  {
    name: "countDocuments with skip and limit",
    run: async (c) => [
      await (await filled(c, sales)).countDocuments({}, { skip: 1, limit: 2 }),
      await c.countDocuments({ k: "a" }),
    ],
    gives: [2, 2],
  },
  { name: "estimatedDocumentCount", run: async (c) => (await filled(c, sales)).estimatedDocumentCount(), gives: 4 },
  {
    name: "count with a query, skip and limit",
    run: async (c) => (await filled(c, sales)).count({ k: "a" }, { skip: 1, limit: 5 }),
    gives: 1,
  },
  {
    name: "distinct: elements of arrays, no missing ones",
    run: async (c) =>
      (await (await filled(c, [{ v: [1, 2] }, { v: new Double(2) }, {}, { v: "x" }, { v: null }])).distinct("v"))
        .map(String)
        .sort(),
    gives: ["1", "2", "null", "x"],
  },
  {
    name: "distinct with a filter",
    run: async (c) => (await filled(c, sales)).distinct("n", { k: "a", n: { $gt: 5 } }),
    gives: [7],
  },
];
