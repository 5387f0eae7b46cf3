import { mongo } from "mongoose";
import { becomes, type Case, code, filled, RARE } from "./case.ts";

const { Long } = mongo;
// biome-ignore lint/suspicious/noThenProperty: MongoDB's name for it
const IF_BIG = { if: { $gt: ["$a", 3] }, then: "big", else: "small" };

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
  becomes(
    { a: 1 },
    [
      {
        $set: {
          b: {
            $cond: IF_BIG,
          },
        },
      },
    ],
    {
      a: 1,
      b: "small",
    },
  ),
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
