import { mongo } from "mongoose";
import { becomes, type Case, code, RARE } from "./case.ts";

const { Double, Long } = mongo;

export const fieldUpdateCases: Case[] = [
  becomes({ a: 1 }, { $set: { a: 2, b: "x" } }, { a: 2, b: "x" }),
  becomes(
    { z: 1 },
    { $set: { c: 1, b: 1, a: 1 } },
    { z: 1, a: 1, b: 1, c: 1 },
    { second: { gives: { z: 1, c: 1, b: 1, a: 1 } } },
  ),
  becomes({ a: { x: 1 } }, { $set: { "a.y.z": 1 } }, { a: { x: 1, y: { z: 1 } } }),
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
  becomes({ a: 5 }, { $unset: { "a.b": 1 } }, { a: 5 }),
  becomes({ a: 1 }, { $inc: { a: 2, b: 3 } }, { a: 3, b: 3 }),
  becomes({ a: 1 }, { $inc: { a: 1.5 } }, { a: 2.5 }),
  becomes({ a: new Double(1) }, { $inc: { a: 1 } }, { a: new Double(2) }),
  becomes({ a: 2147483647 }, { $inc: { a: 1 } }, { a: Long.fromString("2147483648") }),
  becomes({ a: Long.fromNumber(1) }, { $inc: { a: 1 } }, { a: Long.fromNumber(2) }),
  becomes({ a: Long.MAX_VALUE }, { $inc: { a: 1 } }, code(2)),
  becomes({ a: "x" }, { $inc: { a: 1 } }, code(14)),
  becomes({ a: null }, { $inc: { a: 1 } }, code(14)),
  becomes({ a: 1 }, { $inc: { a: "x" } }, code(14)),
  becomes({ a: 1 }, { $setOnInsert: { a: 5 }, $set: { b: 1 } }, { a: 1, b: 1 }),
];

export const arrayUpdateCases: Case[] = [
  becomes({ a: [1] }, { $push: { a: 2, b: 3 } }, { a: [1, 2], b: [3] }),
  becomes({ a: [1] }, { $push: { a: [2, 3] } }, { a: [1, [2, 3]] }),
  becomes({ a: [1] }, { $push: { a: { $each: [2, 3] } } }, { a: [1, 2, 3] }),
  becomes({ a: [1, 2] }, { $push: { a: { $each: [3, 4], $slice: -3 } } }, { a: [2, 3, 4] }),
  becomes({ a: [1, 2] }, { $push: { a: { $each: [3], $slice: 2 } } }, { a: [1, 2] }),
  becomes({ a: [1, 2] }, { $push: { a: { $each: [], $slice: 0 } } }, { a: [] }),
  becomes({}, { $push: { a: { $each: [1, 2, 3], $slice: -2 } } }, { a: [2, 3] }),
  becomes({ a: 5 }, { $push: { a: 1 } }, code(2)),
  becomes({ a: null }, { $push: { a: 1 } }, code(2)),
  becomes({ a: [] }, { $push: { a: { $each: [1], $nothing: 1 } } }, code(2)),
  becomes({ a: [{ x: 1 }, 1, { x: [1, 2] }, { y: 1 }] }, { $pull: { a: { x: 1 }, b: { x: 2 } } }, { a: [1, { y: 1 }] }),
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
  becomes({ a: [{ x: 1 }, { x: 2 }, { x: 3 }] }, { $pull: { a: { x: { $in: [1, 3] } } } }, { a: [{ x: 2 }] }),
  becomes({ a: 5 }, { $pull: { a: { x: 5 } } }, code(2)),
];
