import { mongo } from "mongoose";
import { type Case, code, filled, type Loose } from "./case.ts";
import { documents, parties, partyQuestions, questions, sameWithIndex } from "./same-with-index.ts";

const { Double } = mongo;

export const indexCases: Case[] = [
  sameWithIndex("an ascending index changes no answer", [{ v: 1 }], documents, questions),
  sameWithIndex("a descending index changes no answer", [{ v: -1 }], documents, questions),
  sameWithIndex(
    "compound indexes change no answer",
    [
      { w: 1, v: -1 },
      { v: 1, w: 1 },
    ],
    documents,
    questions,
  ),
  sameWithIndex("a sparse index changes no answer", [{ v: 1 }], documents, questions, { sparse: true }),
  sameWithIndex("a partial index changes no answer", [{ v: 1 }], documents, questions, {
    partialFilterExpression: { v: { $gt: 1 } },
  }),
  sameWithIndex(
    "indexes into arrays change no answer",
    [{ "p.a": 1, "p.b": 1 }, { q: 1, "p.a": 1 }, { "p.b": -1 }],
    parties,
    partyQuestions,
  ),
  {
    name: "the indexes are listed with their options",
    run: async (c) => {
      await c.createIndex({ k: 1, "l.m": -1 }, { unique: true });
      await c.createIndex({ at: 1 }, { expireAfterSeconds: 60 });
      await c.createIndex({ s: 1 }, { sparse: true });
      const found = await c.indexes();
      return found.map(({ key, unique = false, sparse = false, expireAfterSeconds = null }) => {
        const fields = Object.entries(key).map(([field, way]) => `${field} ${way}`);
        return [fields.join(), unique, sparse, expireAfterSeconds && Number(expireAfterSeconds)];
      });
    },
    gives: [
      ["_id 1", false, false, null],
      ["k 1,l.m -1", true, false, null],
      ["at 1", false, false, 60],
      ["s 1", false, true, null],
    ],
  },
  { name: "a collection that is not there has none", run: (c) => c.indexes(), gives: code(26) },
  {
    name: "a unique index refuses the second",
    run: async (c) => {
      await c.createIndex({ k: 1 }, { unique: true });
      await c.insertOne({ k: 5 });
      return c.insertOne({ k: new Double(5) });
    },
    gives: code(11000),
  },
  {
    name: "a unique index holds for updates, and the document stays as it was",
    run: async (c) => {
      await filled(c, [
        { _id: 1, k: 1 },
        { _id: 2, k: 2 },
      ]);
      await c.createIndex({ k: 1 }, { unique: true });
      const error = (await c.updateOne({ _id: 2 as Loose }, { $set: { k: 1 } }).catch((thrown) => thrown)) as Loose;
      await c.updateOne({ _id: 1 as Loose }, { $set: { k: 1, n: 1 } });
      await c.updateOne({ _id: 1 as Loose }, { $set: { k: 3 } });
      await c.insertOne({ _id: 3 as Loose, k: 1 });
      return [Number(error.code), await c.find().sort({ _id: 1 }).toArray()];
    },
    gives: [
      11000,
      [
        { _id: 1, k: 3, n: 1 },
        { _id: 2, k: 2 },
        { _id: 3, k: 1 },
      ],
    ],
  },
  {
    name: "in a unique index a missing field is a value, in a sparse one it is not",
    run: async (c) => {
      await c.createIndex({ k: 1 }, { unique: true });
      await c.createIndex({ s: 1 }, { unique: true, sparse: true });
      await c.insertOne({ k: 1 });
      await c.insertOne({ s: 1 });
      return c.insertOne({ s: 2 });
    },
    gives: code(11000),
  },
  {
    name: "a unique sparse index lets many lack the field",
    run: async (c) => {
      await c.createIndex({ s: 1 }, { unique: true, sparse: true });
      await filled(c, [{ a: 1 }, { a: 2 }, { s: 1 }]);
      return c.insertOne({ s: 1 });
    },
    gives: code(11000),
  },
  {
    name: "a unique partial index holds only where its condition does",
    run: async (c) => {
      await c.createIndex({ k: 1 }, { unique: true, partialFilterExpression: { open: true } });
      await filled(c, [
        { k: 1, open: false },
        { k: 1, open: true },
        { k: 1, open: false },
      ]);
      return c.updateOne({ open: false }, { $set: { open: true } });
    },
    gives: code(11000),
  },
  {
    name: "a unique index over an array holds for each element, but a document may repeat itself",
    run: async (c) => {
      await c.createIndex({ t: 1 }, { unique: true });
      await filled(c, [{ t: ["a", "b", "a"] }, { t: ["c"] }]);
      return c.insertOne({ t: ["x", "b"] });
    },
    gives: code(11000),
  },
  {
    name: "a unique index over two fields",
    run: async (c) => {
      await c.createIndex({ a: 1, b: -1 }, { unique: true });
      await filled(c, [
        { a: 1, b: 1 },
        { a: 1, b: 2 },
        { a: 2, b: 1 },
      ]);
      return c.insertOne({ a: 1, b: 2 });
    },
    gives: code(11000),
  },
  {
    name: "a unique index is not built over duplicates",
    run: async (c) => (await filled(c, [{ k: 1 }, { k: 1 }])).createIndex({ k: 1 }, { unique: true }),
    gives: code(11000),
  },
  {
    name: "two arrays cannot share an index",
    run: async (c) => [await c.createIndex({ a: 1, b: 1 }), await c.insertOne({ a: [1], b: [2] })],
    gives: code(171),
    second: { notAsked: "allows it" },
  },
  {
    name: "the same index twice is one",
    run: async (c) => [await c.createIndex({ a: 1 }), await c.createIndex({ a: 1 })],
    gives: ["a_1", "a_1"],
  },
  {
    name: "the same fields under another name",
    run: async (c) => [await c.createIndex({ a: 1 }), await c.createIndex({ a: 1 }, { name: "other" })],
    gives: code(85),
  },
  {
    name: "the same name for other fields",
    run: async (c) => [await c.createIndex({ a: 1 }, { name: "one" }), await c.createIndex({ b: 1 }, { name: "one" })],
    gives: code(86),
  },
  {
    name: "the same index with other options",
    run: async (c) => [await c.createIndex({ a: 1 }), await c.createIndex({ a: 1 }, { unique: true })],
    gives: code(86),
  },
  {
    name: "a TTL index over two fields",
    run: (c) => c.createIndex({ a: 1, b: 1 }, { expireAfterSeconds: 5 }),
    gives: code(67),
  },
];
