import { mongo } from "mongoose";
import { factsOf } from "../errors.ts";
import { DatabaseFault } from "./database-fault.ts";
import type { Guard } from "./guard.ts";
import { type IndexBook, indexName, type WantedIndex } from "./index-book.ts";
import type { DatabaseLimits } from "./limits.ts";
import { repeatable } from "./repeat.ts";
import type { RoomWatch } from "./room-watch.ts";

type Method = (...args: unknown[]) => Promise<unknown>;

/**
 * The driver's methods that a store may use, with the position of their options. Others have no limit and are
 * refused.
 */
const OPTIONS_AT: Readonly<Record<string, number>> = {
  ...{
    insertOne: 1,
    insertMany: 1,
    bulkWrite: 1,
    updateOne: 2,
    updateMany: 2,
    replaceOne: 2,
    deleteOne: 1,
    deleteMany: 1,
  },
  ...{ findOne: 1, findOneAndUpdate: 2, findOneAndReplace: 2, findOneAndDelete: 1 },
  ...{ countDocuments: 1, estimatedDocumentCount: 0, distinct: 2, indexes: 0, dropIndex: 1, drop: 0 },
  createIndex: 1,
};
/** Writes that need room. */
const ADDING: readonly string[] = [
  "insertOne",
  "insertMany",
  "bulkWrite",
  "updateOne",
  "findOneAndUpdate",
  "replaceOne",
];
const READS: readonly string[] = ["findOne", "countDocuments", "distinct"];
const BULK: readonly string[] = ["updateMany", "deleteMany", "drop", "dropIndex"];
/** The bytes of files: megabytes in one command. */
const BYTES: readonly string[] = ["blobs.chunks"];
export interface Guarding {
  guard: Guard;
  limits: DatabaseLimits;
  room?: RoomWatch | undefined;
  /** what becomes of an index that a store asks for by `createIndex` */
  indexes: IndexBook;
}

/**
 * The collection `name` with a limit for every command. Reads are repeated once. Each command goes to the
 * connections in place when it is sent.
 */
export function guardedCollection(base: mongo.Collection, guarding: Guarding): mongo.Collection {
  const name = base.collectionName;
  const methods = Object.fromEntries(
    Object.getOwnPropertyNames(mongo.Collection.prototype)
      .filter(
        (method) => typeof Object.getOwnPropertyDescriptor(base.constructor.prototype, method)?.value === "function",
      )
      .filter((method) => method !== "constructor")
      .map((method) => [method, guardedMethod(name, method, guarding)]),
  );
  return Object.assign(base, methods, { find: findingIn(name, guarding) });
}

function guardedMethod(name: string, method: string, guarding: Guarding): Method {
  const at = OPTIONS_AT[method];
  if (at === undefined)
    return () => {
      throw new Error(`${name}.${method}: has no limit of time`);
    };
  if (method === "createIndex") return indexing(name, guarding);
  const ms = limitOf(name, method, guarding.limits);
  const more = READS.includes(method) ? { maxTimeMS: ms } : {};
  const run: Method = async (...args) => {
    const result = await guarding.guard.run((db, signal) => {
      const collection = db.collection(name) as unknown as Record<string, Method>;
      const given = Array.from({ length: at }, (_, index) => args[index]);
      return (collection[method] as Method).call(collection, ...given, { ...more, ...(args[at] as object), signal });
    }, ms);
    if (ADDING.includes(method)) guarding.room?.taken();
    return result;
  };
  return READS.includes(method) ? (...args) => repeatable(() => run(...args)) : run;
}

const limitOf = (name: string, method: string, { commandMs, bulkMs }: DatabaseLimits): number =>
  BULK.includes(method) || BYTES.includes(name) ? bulkMs : commandMs;

/** OptionsConflict and KeySpecsConflict */
const INDEX_CONFLICTS: readonly unknown[] = [85, 86];

const NO_SOCKET_LIMIT: object = { socketTimeoutMS: 0 };

/** Building an index has no limit; the process does not serve before it is done. */
function indexing(name: string, { guard, indexes }: Guarding): Method {
  const patiently = <T>(command: string, run: (collection: mongo.Collection) => Promise<T>): Promise<T> =>
    guard.runPatiently({ collection: name, command }, (db) => run(db.collection(name)));
  return async (keys, options = {}) => {
    const wanted = { collection: name, keys: keys as object, options: options as mongo.CreateIndexesOptions };
    const existing = () => patiently("listIndexes", (collection) => collection.indexes());
    if (!(await indexes.isThere(wanted, existing))) {
      if (indexes.builds) await build(wanted);
      else indexes.note(wanted);
    }
    return indexName(wanted.keys);
  };

  async function build(wanted: WantedIndex): Promise<void> {
    const { keys, options } = wanted;
    const count = () => patiently("count", (collection) => collection.estimatedDocumentCount());
    const documents = indexes.tells ? await count() : 0;
    const building = indexes.building(wanted, documents);
    try {
      await patiently("createIndex", (collection) =>
        collection.createIndex(keys as mongo.IndexSpecification, { ...options, ...NO_SOCKET_LIMIT }),
      );
      building.built();
    } catch (error) {
      if (!INDEX_CONFLICTS.includes(factsOf(error).code)) throw error;
      const shown = JSON.stringify(keys);
      throw new DatabaseFault(
        `The index ${shown} of the collection ${name} exists with other options than this version needs. ` +
          `Remove it (db.getCollection("${name}").dropIndex(${shown})) and start again: it is made anew.`,
      );
    } finally {
      building.stop();
    }
  }
}

interface Found {
  toArray(): Promise<unknown[]>;
  [Symbol.asyncIterator](): AsyncGenerator;
}

/**
 * A query takes everything from its options. The result is read as a whole, or one by one with the limit for
 * each batch.
 */
function findingIn(name: string, { guard, limits }: Guarding) {
  const ms = limitOf(name, "find", limits);
  return (filter: object = {}, options: object = {}): Found => {
    const open = (db: mongo.Db, signal?: AbortSignal) =>
      db.collection(name).find(filter, { maxTimeMS: ms, ...options, ...(signal && { signal }) });
    return {
      toArray: () => repeatable(() => guard.run((db, signal) => open(db, signal).toArray(), ms)),
      async *[Symbol.asyncIterator]() {
        const { cursor } = await guard.run(async (db) => ({ cursor: open(db) }));
        const next = () => (cursor.bufferedCount() > 0 ? cursor.next() : guard.run(() => cursor.next(), ms));
        try {
          for (let document = await next(); document !== null; document = await next()) yield document;
        } finally {
          void cursor.close().catch(() => {});
        }
      },
    };
  };
}
