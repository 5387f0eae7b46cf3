import { mongo } from "mongoose";
import { type Case, type Collection, filled, type Loose, shows } from "./case.ts";

const { Binary, Double, Long, ObjectId } = mongo;

const mixed = (): Loose[] => [
  { _id: 1, v: "text" },
  { _id: 2, v: 5 },
  { _id: 4 },
  { _id: 5, v: true },
  { _id: 6, v: new Date(0) },
  { _id: 7, v: new ObjectId("6b04310134e08a8df864791e") },
  { _id: 8, v: { a: 1 } },
  { _id: 9, v: new Binary(Buffer.from([1])) },
  { _id: 11, v: Long.fromString("9007199254740993") },
  { _id: 12, v: 2 ** 53 },
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
    gives: [15, 4, 2, 12, 11, 1, 8, 9, 7, 14, 5, 6],
    second: { notAsked: "puts an empty array beside null; MongoDB before it" },
  },
  {
    name: "values of all types, descending",
    run: (c) => ids(c, mixed(), { v: -1, _id: 1 }),
    gives: [6, 5, 14, 7, 9, 8, 1, 11, 12, 2, 4, 15],
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
    name: "a limit behind a sort",
    run: async (c) => {
      await several(c);
      return numbers(await c.find().sort({ _id: -1 }).limit(4).toArray());
    },
    gives: [349, 348, 347, 346],
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

async function _aggregated(collection: Collection, pipeline: Loose[]): Promise<unknown> {
  return (await filled(collection, sales)).aggregate(pipeline).toArray();
}

export const countCases: Case[] = [
  { name: "estimatedDocumentCount", run: async (c) => (await filled(c, sales)).estimatedDocumentCount(), gives: 4 },
  {
    name: "countDocuments, of some, of all and of none",
    run: async (c) => [
      await (await filled(c, sales)).countDocuments({ k: "a", n: { $gt: 1 } }),
      await c.countDocuments(),
      await c.countDocuments({ k: "z" }),
    ],
    gives: [2, 4, 0],
  },
];

const nested = { a: 1, b: { c: 1, d: 2 }, e: [1, 2, 3], f: 5 };

export const projectionCases: Case[] = [
  shows({ a: 1, b: 2, c: 3 }, { c: 1, a: 1 }, { _id: 1, a: 1, c: 3 }),
  shows({ a: 1, b: 2 }, { _id: 1 }, { _id: 1 }),
  shows(nested, { b: 1, z: 1 }, { _id: 1, b: { c: 1, d: 2 } }),
  shows(nested, { e: { $slice: 2 }, a: 1 }, { _id: 1, a: 1, e: [1, 2] }),
  shows(nested, { a: 1, e: { $slice: -1 } }, { _id: 1, a: 1, e: [3] }),
  shows(nested, { a: 1, f: { $slice: 1 } }, { _id: 1, a: 1, f: 5 }),
];
