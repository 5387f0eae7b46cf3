import { mongo } from "mongoose";
import { type Case, code, filled, type Loose, RARE } from "./case.ts";

const { Double, Long } = mongo;

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
    name: "an upsert starts from the equalities of its filter",
    run: async (c) => {
      const filter = { _id: 5 as Loose, a: 1, "b.c": 2, d: { $gt: 5 }, e: 4 };
      const result = await c.updateOne(filter, { $set: { f: 1 }, $setOnInsert: { g: 2 } }, { upsert: true });
      return [
        counts(result),
        await c.countDocuments({ _id: 5 as Loose, a: 1, b: { c: 2 }, e: 4, f: 1, g: 2, d: { $exists: false } }),
      ];
    },
    gives: [{ matchedCount: 0, modifiedCount: 0, upsertedCount: 1 }, 1],
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
    name: "documents named in a list of _id: each once, of any type of number, with a further condition, changed and removed",
    run: async (c) => {
      const named = (...all: Loose[]) => ({ _id: { $in: all } }) as Loose;
      await filled(c, [
        { _id: 1, n: 1 },
        { _id: 2, n: 2 },
        { _id: 3, n: 3 },
        { _id: "3", n: 4 },
      ]);
      const idsOf = async (filter: Loose, sort: Loose = { _id: 1 }) =>
        (await c.find(filter).sort(sort).toArray()).map(({ _id }) => _id);
      const found = [
        (await c.find(named(3, "3", new Double(3), 1, 9)).toArray()).map(({ n }) => n).sort(),
        await idsOf(named(1, 2, 3), { n: -1 }),
        await idsOf({ ...named(1, 2, 3), n: { $gt: 1 } }),
        await idsOf(named()),
        await c.countDocuments(named(2, 2, "3")),
      ];
      const { matchedCount } = await c.updateMany({ ...named(1, 2, 2, 8), n: { $lt: 9 } }, { $inc: { n: 10 } });
      const { modifiedCount } = await c.updateOne(named(3, 4), { $inc: { n: 10 } });
      const changed = await c.findOneAndUpdate(named(1, 2), { $inc: { n: 1 } }, { sort: { n: -1 } });
      const { deletedCount } = await c.deleteMany(named(1, "3"));
      return [
        ...found,
        matchedCount,
        modifiedCount,
        changed?.["_id"],
        deletedCount,
        await c.find().sort({ _id: 1 }).toArray(),
      ];
    },
    gives: [
      [1, 3, 4],
      [3, 2, 1],
      [2, 3],
      [],
      2,
      2,
      1,
      2,
      2,
      [
        { _id: 2, n: 13 },
        { _id: 3, n: 13 },
      ],
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
        { sort: { n: 1 }, returnDocument: "after", projection: { n: 1 } },
      );
      return [before, later, await c.findOneAndUpdate({ n: 99 }, { $set: { n: 1 } })];
    },
    gives: [{ _id: 2, n: 2 }, { _id: 1, n: 11 }, null],
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
      s: "5",
      n: null,
      t: true,
      x: [],
      o: {},
    },
  },
];
