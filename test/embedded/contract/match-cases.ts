import { mongo } from "mongoose";
import { type Case, code, finds, RARE } from "./case.ts";

const { Binary, Double, Long, ObjectId } = mongo;
const big = Long.fromString("9007199254740993");
const later = new Date("2026-02-01");
const earlier = new Date("2026-01-01");

const bytes = (hex: string, kind = 0) => new Binary(Buffer.from(hex, "hex"), kind);

export const equalityCases: Case[] = [
  finds([{ v: 1 }, { v: 2 }, {}], { v: 1 }, [1]),
  finds([{ v: new Double(5) }, { v: 5 }, { v: Long.fromNumber(5) }, { v: "5" }], { v: 5 }, [1, 2, 3]),
  finds([{ v: big }, { v: 2 ** 53 }], { v: big }, [1]),
  finds([{ v: -0 }, { v: 0 }], { v: 0 }, [1, 2]),
  finds([{ v: Number.NaN }, { v: 0 }], { v: Number.NaN }, [1]),
  finds([{ v: bytes("ff01") }, { v: bytes("fe01") }, { v: bytes("ff01", 5) }], { v: bytes("ff01") }, [1]),
  finds([{ v: [1, 2] }, { v: [2, 3] }, { v: 2 }], { v: 2 }, [1, 2, 3]),
  finds([{ v: [1, 2] }, { v: [2, 1] }, { v: [[1, 2]] }], { v: [1, 2] }, [1, 3]),
  finds([{ v: [[1, 2]] }, { v: [1] }], { v: 1 }, [2]),
  finds([{ v: { a: 1, b: 2 } }, { v: { b: 2, a: 1 } }, { v: { a: 1 } }], { v: { a: 1, b: 2 } }, [1]),
  finds([{ v: { a: new Double(1) } }], { v: { a: 1 } }, [1]),
  finds([{ v: null }, {}, { v: 0 }, { v: [null] }, { v: [] }], { v: null }, [1, 2, 4]),
  finds([{ a: { b: 2 } }, { a: [{ b: 2 }] }, { a: [[{ b: 2 }]] }, { a: [{ b: [1, 2] }] }], { "a.b": 2 }, [1, 2, 4]),
  finds([{ a: [[1, 2]] }, { a: [1, 2] }, { a: { 0: 1 } }, { a: [{ 0: 1 }] }], { "a.0": 1 }, [2, 3, 4]),
  finds([{ a: [{ b: 1 }, { b: 2 }] }], { "a.1.b": 2 }, [1]),
  finds(
    [{ a: { b: null } }, { a: {} }, {}, { a: 5 }, { a: [{ b: 1 }, {}] }, { a: [{ b: 1 }] }],
    { "a.b": null },
    [1, 2, 3, 4, 5],
  ),
  finds([{ v: "é" }, { v: "e" }], { v: "é" }, [1]),
  finds(
    [{ v: new ObjectId("6b04310134e08a8df864791e") }, { v: "6b04310134e08a8df864791e" }],
    { v: new ObjectId("6b04310134e08a8df864791e") },
    [1],
  ),
  finds([{ v: true }, { v: 1 }, { v: "true" }], { v: true }, [1]),
  finds([{ v: later }, { v: later.getTime() }], { v: later }, [1]),
  finds(
    [
      { v: 1, w: 2 },
      { v: 1, w: 3 },
    ],
    { v: 1, w: 3 },
    [2],
  ),
  finds([{ v: 1 }], {}, [1]),
  finds([{ v: 1 }], { "v..a": 1 }, code(56), { notAsked: "accepts empty names" }),
];

export const comparisonCases: Case[] = [
  finds([{ v: 1 }, { v: 2.5 }, { v: 3 }, { v: big }, { v: "9" }, { v: null }], { v: { $gt: 2 } }, [2, 3, 4]),
  finds([{ v: big }, { v: 2 ** 53 }], { v: { $gt: 2 ** 53 } }, [1]),
  finds([{ v: 1 }, { v: 5 }, {}], { v: { $lt: 5 } }, [1]),
  finds([{ v: 1 }, { v: 5 }, { v: 6 }], { v: { $lte: 5, $gte: 5 } }, [2]),
  finds([{ v: null }, {}, { v: 1 }], { v: { $gte: null } }, [1, 2]),
  finds([{ v: null }, {}, { v: 1 }], { v: { $gt: null } }, []),
  finds([{ v: Number.NaN }, { v: 1 }], { v: { $lt: 5 } }, [2]),
  finds([{ v: Number.NaN }, { v: 1 }], { v: { $gte: Number.NaN } }, [1]),
  finds([{ v: [1, 20] }, { v: [5] }, { v: [1, 2] }], { v: { $gt: 3, $lt: 10 } }, [1, 2]),
  finds([{ v: [1, 3] }, { v: [1, 1] }, { v: 5 }], { v: { $gt: [1, 2] } }, [1]),
  finds([{ v: "b" }, { v: "a" }, { v: 5 }], { v: { $gt: "a" } }, [1]),
  finds([{ v: "\u{1F600}" }, { v: "\uFFFD" }], { v: { $gt: "\uFFFE" } }, [1]),
  finds([{ v: earlier }, { v: later }], { v: { $gt: earlier } }, [2]),
  finds([{ v: { a: 1 } }, { v: { a: 2 } }, { v: { b: 0 } }], { v: { $gt: { a: 1 } } }, [2, 3]),
  finds([{ v: 1 }, { v: 2 }, {}], { v: { $ne: 1 } }, [2, 3]),
  finds([{ v: [1, 2] }, { v: [2] }], { v: { $ne: 1 } }, [2]),
  finds([{ v: null }, {}, { v: 1 }], { v: { $ne: null } }, [3]),
  finds([{ v: 1 }, { v: 2 }, { v: null }, {}], { v: { $in: [1, null] } }, [1, 3, 4]),
  finds([{ v: "abc" }, { v: "xyz" }], { v: { $in: ["abc", 5] } }, [1]),
  finds([{ v: [1, 2] }, { v: 3 }], { v: { $in: [2, 3] } }, [1, 2]),
  finds([{ v: 1 }], { v: { $in: [] } }, []),
  finds([{ v: 1 }], { v: { $in: 1 } }, code(2)),
  finds([{ v: 1 }, { v: null }, {}, { v: [] }], { v: { $exists: true } }, [1, 2, 4]),
  finds([{ v: 1 }, { v: null }, {}], { v: { $exists: false } }, [3]),
  finds([{ a: [{ b: 1 }, {}] }, { a: [{}] }, { a: [] }], { "a.b": { $exists: true } }, [1]),
  finds([{ a: [{ b: 1 }, {}] }, { a: [{}] }, { a: [] }], { "a.b": { $exists: false } }, [2, 3]),
];

export const arrayAndLogicCases: Case[] = [
  finds(
    [{ v: 5 }, { v: 50 }, { v: null }, {}, { v: "xb" }],
    { v: { $in: [...Array(30).keys(), null, "xb"] } },
    [1, 3, 4, 5],
  ),
  finds([{ v: 1 }, { v: 9 }, {}], { v: { $not: { $gt: 5 } } }, [1, 3]),
  finds([{ v: [1, 9] }, { v: [1] }], { v: { $not: { $gt: 5 } } }, [2]),
  finds([{ v: [1, 2] }, { v: [1] }, { v: 5 }], { "v.1": { $exists: false } }, [2, 3]),

  finds([{ v: [1, 2] }, { v: [] }, { v: 1 }, { v: [[1, 2], 3] }], { v: { $size: 2 } }, [1, 4]),
  finds([{ v: [1, 2] }], { v: { $size: -1 } }, code(9), RARE),
  finds([{ a: 1 }, { b: 1 }, { a: 2 }], { $or: [{ a: 1 }, { b: 1 }] }, [1, 2]),
  finds([{ a: 1 }], { $or: [] }, code(2)),
  finds([{ a: 1 }], { $or: [1] }, code(2)),
  finds([{ a: 1 }], { $nothing: 1 }, code(2)),
  finds([{ a: 1 }], { a: { $nothing: 1 } }, code(2)),
  finds([{ a: 1 }], { a: { $gt: 1, b: 2 } }, code(2)),
];
