import { mongo } from "mongoose";
import { type Case, type Collection, code, filled, type Loose } from "./case.ts";

const { Long } = mongo;

/** A command as it is, in the database of the collection. */
export function command(collection: Collection, document: Loose): Promise<mongo.BSON.Document> {
  const client: mongo.MongoClient = Reflect.get(collection, "client");
  return client.db(collection.dbName).command(document);
}

export const commandCases: Case[] = [
  {
    name: "hello under all its names",
    run: async (c) => {
      const answers = [
        await command(c, { hello: 1 }),
        await command(c, { isMaster: 1 }),
        await command(c, { ismaster: 1 }),
      ];
      return answers.map((answer) => [
        Number(answer["ok"]),
        answer["maxBsonObjectSize"],
        Number(answer["maxWireVersion"]) >= 17,
      ]);
    },
    gives: Array.from({ length: 3 }, () => [1, 16777216, true]),
  },
  { name: "ping", run: async (c) => Number((await command(c, { ping: 1 }))["ok"]), gives: 1 },
  {
    name: "buildInfo and connectionStatus",
    run: async (c) => [
      Number((await command(c, { buildInfo: 1 }))["ok"]),
      Number((await command(c, { buildinfo: 1 }))["ok"]),
      Number((await command(c, { connectionStatus: 1 }))["ok"]),
    ],
    gives: [1, 1, 1],
  },
  { name: "an unknown command", run: (c) => command(c, { nothing: 1 }), gives: code(59) },
  {
    name: "create, list and drop a collection",
    run: async (c) => {
      const db = (c as Loose).client.db(`${c.dbName}_${c.collectionName}`) as mongo.Db;
      await db.createCollection("one");
      await db.collection("two").insertOne({});
      const list = async (filter: Loose) =>
        (await db.listCollections(filter, { nameOnly: true }).toArray()).map((info) => String(info.name)).sort();
      const names = [await list({}), await list({ name: "one" })];
      const again = await command(db.collection("one"), { create: "one" }).catch((error) => Number(error.code));
      await db.collection("one").drop();
      const left = await list({});
      await db.dropDatabase();
      return [names, again, left, await list({})];
    },
    gives: [[["one", "two"], ["one"]], 48, ["two"], []],
    second: { notAsked: "creates a collection twice without complaint" },
  },
  {
    name: "drop what is not there",
    run: async (c) => Number((await command(c, { drop: c.collectionName }))["ok"]),
    gives: 1,
    second: { notAsked: "26, as MongoDB before 7" },
  },
  {
    name: "find with every option",
    run: async (c) => {
      await filled(c, [{ _id: 1 }, { _id: 2 }, { _id: 3 }]);
      const find = {
        find: c.collectionName,
        filter: {},
        sort: { _id: 1 },
        projection: { _id: 1 },
        skip: 1,
        limit: 2,
        batchSize: 1,
        singleBatch: true,
        maxTimeMS: 5000,
        comment: "c",
      };
      const { cursor } = await command(c, find);
      return [cursor.firstBatch, Number(cursor.id)];
    },
    gives: [[{ _id: 2 }], 0],
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
        bypassDocumentValidation: true,
        writeConcern: { w: "majority" },
      });
      const updates = [
        { q: {}, u: { $set: { a: 1 } }, multi: true },
        { q: { _id: 9 }, u: { $set: { a: 2 } }, upsert: true },
      ];
      const updated = await command(c, { update: at, updates, ordered: false, bypassDocumentValidation: true });
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
        bypassDocumentValidation: true,
      };
      const one = await command(c, { findAndModify: c.collectionName, ...options });
      const two = await command(c, { findAndModify: c.collectionName, query: { n: 2 }, remove: true });
      return [one["value"], two["value"]];
    },
    gives: [
      { _id: 1, n: 2 },
      { _id: 1, n: 2 },
    ],
  },
  {
    name: "sessions are accepted, and their end",
    run: async (c) => {
      const session = ((c as Loose).client as mongo.MongoClient).startSession();
      await c.insertOne({ _id: 1 as Loose }, { session });
      const found = await c.findOne({}, {
        session,
        readConcern: { level: "majority" },
        readPreference: "primary",
      } as Loose);
      await session.endSession();
      await command(c, { endSessions: [{ id: new mongo.UUID() }] });
      await command(c, { killSessions: [] });
      return found;
    },
    gives: { _id: 1 },
    second: { notAsked: "has no killSessions" },
  },
  {
    name: "lists with their further options",
    run: async (c) => {
      await c.createIndex({ a: 1 });
      const indexes = await command(c, { listIndexes: c.collectionName, cursor: { batchSize: 5 } });
      const collections = await command(c, {
        listCollections: 1,
        filter: { name: c.collectionName },
        nameOnly: true,
        authorizedCollections: true,
        cursor: {},
      });
      return [indexes["cursor"].firstBatch.length, collections["cursor"].firstBatch.length];
    },
    gives: [2, 1],
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
