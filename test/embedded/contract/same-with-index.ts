import { mongo } from "mongoose";
import { type Case, type Collection, filled, type Loose } from "./case.ts";

const { Double, Long } = mongo;
type Query = { filter?: Loose; sort?: Loose };

/** Cases that ask the same with and without an index, which must not change the result. */
export function sameWithIndex(
  name: string,
  keys: readonly Loose[],
  documents: readonly Loose[],
  queries: readonly Query[],
  options: Loose = {},
): Case {
  const ask = async (collection: Collection) => {
    const answers: unknown[] = [];
    for (const { filter = {}, sort } of queries) {
      const found = await collection.find(filter, sort ? { sort } : {}).toArray();
      const ids = found.map((document) => Number(document["_id"]));
      answers.push(sort ? ids : ids.sort((a, b) => a - b), await collection.countDocuments(filter));
    }
    return answers;
  };
  const run = async (collection: Collection) => {
    await filled(
      collection,
      documents.map((document, i) => ({ _id: i + 1, ...document })),
    );
    const without = await ask(collection);
    for (const key of keys) await collection.createIndex(key, options);
    const after = await ask(collection);
    return JSON.stringify(after) === JSON.stringify(without) ? "alike" : { without, with: after };
  };
  return { name, run, gives: "alike" };
}

const values = [
  1,
  2,
  5,
  new Double(2.5),
  Long.fromString("9007199254740993"),
  2 ** 53,
  "b",
  "a",
  "",
  null,
  true,
  new Date(5),
  [1, 9],
  [3],
  [],
  [[1]],
  { a: 1 },
  { a: 2 },
];
export const documents: Loose[] = [...values.map((v, i) => ({ v, w: i % 3 })), { w: 1 }, { v: Number.NaN, w: 2 }];
export const questions: Query[] = [
  ...[1, 2.5, "a", null, true, new Date(5), 9, 3, 2 ** 53, Long.fromString("9007199254740993")].map((v) => ({
    filter: { v },
  })),
  ...[
    { v: [1, 9] },
    { v: [] },
    { v: { a: 1 } },
    { v: { $in: [1, "a", null, 77] } },
    { v: { $in: [] } },
    { v: { $ne: 1 } },
  ].map((filter) => ({ filter })),
  ...[
    { $gt: 2 },
    { $gte: 2, $lt: 9 },
    { $lt: "b" },
    { $gte: "" },
    { $lte: new Date(9) },
    { $gt: 3, $lt: 8 },
    { $gt: { a: 1 } },
  ].map((v) => ({ filter: { v } })),
  ...[{ $exists: true }, { $exists: false }, { $gte: null }, { $gt: false }, { $size: 2 }].map((v) => ({
    filter: { v },
  })),
  { sort: { v: 1, _id: 1 } },
  { sort: { v: -1, _id: 1 } },
  { filter: { w: 1 }, sort: { v: 1, _id: 1 } },
  { filter: { w: 1, v: { $gt: 0 } }, sort: { v: -1, _id: 1 } },
  { filter: { w: { $in: [0, 2] }, v: { $gte: "" } } },
];

export const parties: Loose[] = [
  {
    p: [
      { a: 1, b: 9 },
      { a: 9, b: 2 },
    ],
    q: 1,
  },
  { p: [{ a: 1, b: 2 }], q: 2 },
  { p: { a: 1, b: 2 }, q: 1 },
  { p: [], q: 1 },
  { q: 3 },
];
export const partyQuestions: Query[] = [
  { filter: { "p.a": 1, "p.b": 2 } },
  { filter: { "p.a": 9, "p.b": { $gt: 5 } } },
  { filter: { q: 1, "p.a": 1 } },
  { filter: { "p.b": null } },
  { sort: { "p.b": 1, _id: 1 } },
];
