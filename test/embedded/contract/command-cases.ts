import { mongo } from "mongoose";
import { type Case, type Collection, code, filled, type Loose } from "./case.ts";

const { Long } = mongo;

/** Runs a raw command in the database of the collection. */
export function command(collection: Collection, document: Loose): Promise<mongo.BSON.Document> {
  const client: mongo.MongoClient = Reflect.get(collection, "client");
  return client.db(collection.dbName).command(document);
}

export const commandCases: Case[] = [
  { name: "ping", run: async (c) => Number((await command(c, { ping: 1 }))["ok"]), gives: 1 },
  { name: "hello", run: async (c) => Number((await command(c, { hello: 1 }))["ok"]), gives: 1 },
  {
    name: "endSessions",
    run: async (c) => Number((await command(c, { endSessions: [{ id: new mongo.UUID() }] }))["ok"]),
    gives: 1,
  },
  { name: "an unknown command", run: (c) => command(c, { nothing: 1 }), gives: code(59) },
  {
    name: "find with every option",
    run: async (c) => {
      await filled(c, [{ _id: 1 }, { _id: 2 }, { _id: 3 }]);
      const find = {
        find: c.collectionName,
        filter: {},
        sort: { _id: 1 },
        projection: { _id: 1 },
        limit: 2,
        batchSize: 1,
        singleBatch: true,
        maxTimeMS: 5000,
      };
      const { cursor } = await command(c, find);
      return [cursor.firstBatch, Number(cursor.id)];
    },
    gives: [[{ _id: 1 }], 0],
  },
  {
    name: "getMore and killCursors",
    run: async (c) => {
      await filled(c, [{ _id: 1 }, { _id: 2 }, { _id: 3 }, { _id: 4 }]);
      const first = (await command(c, { find: c.collectionName, sort: { _id: 1 }, batchSize: 1 }))["cursor"];
      const second = (
        await command(c, { getMore: Long.fromString(String(first.id)), collection: c.collectionName, batchSize: 2 })
      )["cursor"];
      await command(c, { killCursors: c.collectionName, cursors: [second.id] });
      const error = await command(c, {
        getMore: Long.fromString(String(second.id)),
        collection: c.collectionName,
      }).catch((thrown) => Number(thrown.code));
      return [first.firstBatch, second.nextBatch, error];
    },
    gives: [[{ _id: 1 }], [{ _id: 2 }, { _id: 3 }], 43],
  },
  {
    name: "getMore of a cursor that never was",
    run: (c) => command(c, { getMore: Long.fromNumber(77), collection: c.collectionName }),
    gives: code(43),
  },
  {
    name: "batchSize 0 gives only the cursor",
    run: async (c) => {
      await filled(c, [{ _id: 1 }]);
      return (await command(c, { find: c.collectionName, batchSize: 0 }))["cursor"].firstBatch;
    },
    gives: [],
  },
  {
    name: "insert, update and delete as commands",
    run: async (c) => {
      const at = c.collectionName;
      const inserted = await command(c, {
        insert: at,
        documents: [{ _id: 1 }, { _id: 2 }],
        ordered: true,
        writeConcern: { w: "majority" },
      });
      const updates = [
        { q: {}, u: { $set: { a: 1 } }, multi: true },
        { q: { _id: 9 }, u: { $set: { a: 2 } }, upsert: true },
      ];
      const updated = await command(c, { update: at, updates, ordered: false });
      const deleted = await command(c, { delete: at, deletes: [{ q: { a: 1 }, limit: 0 }], ordered: true });
      return [inserted["n"], updated["n"], updated["nModified"], updated["upserted"], deleted["n"]];
    },
    gives: [2, 3, 2, [{ index: 1, _id: 9 }], 2],
  },
  {
    name: "findAndModify as a command",
    run: async (c) => {
      await filled(c, [{ _id: 1, n: 1 }]);
      const options = {
        query: { _id: 1 },
        sort: { n: 1 },
        update: { $inc: { n: 1 } },
        new: true,
        fields: { n: 1 },
        upsert: false,
        remove: false,
      };
      const one = await command(c, { findAndModify: c.collectionName, ...options });
      return one["value"];
    },
    gives: { _id: 1, n: 2 },
  },
  {
    name: "an unacknowledged write is done all the same",
    run: async (c) => {
      await c.insertOne({ _id: 1 as Loose }, { writeConcern: { w: 0 } });
      for (let tries = 0; tries < 200 && (await c.countDocuments()) === 0; tries++);
      return c.countDocuments();
    },
    gives: 1,
  },
];
