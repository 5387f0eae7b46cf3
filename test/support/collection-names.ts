import type { mongo } from "mongoose";
import { openReader } from "../../src/embedded/engine.ts";
import { databaseDir } from "./database.ts";

/**
 * Names of all collections of the database, in order. The embedded database has no command for that, so its
 * files in `dir` (default: those of the tests) are read beside its owner.
 */
export async function collectionNames(db: mongo.Db, dir = databaseDir()): Promise<string[]> {
  if (!dir) return (await db.listCollections().toArray()).map(({ name }) => name).sort();
  const { catalogue, store } = openReader(dir);
  const prefix = `${db.databaseName}.`;
  const namespaces = catalogue.list().map(({ namespace }) => namespace);
  await store.close();
  return namespaces.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
}
