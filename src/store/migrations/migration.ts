import type { Connection, mongo } from "mongoose";
import type { Catalogue } from "../../domain/liability.ts";
import { factsOf } from "../../errors.ts";
import type { Log } from "../../log.ts";
import type { Blobs } from "../blobs.ts";
import { bare } from "../bulk.ts";
import type { Vault } from "../vault.ts";
import type { LegacySeals } from "./legacy-seals.ts";

/** Shows an operator how far a walk through a collection has come. */
export interface Walk {
  step(): void;
  end(): void;
}

/** What a migration works with beside the database itself. */
export interface Tools {
  vault: Vault;
  legacy: LegacySeals;
  blobs: Pick<Blobs, "sealAnew">;
  catalogue: Catalogue;
  log: Log;
  /** begins to show a walk through about so many documents */
  progress?: ((doing: string, total: number) => Walk) | undefined;
}

/** Brings the database from one version to the next. Returns what it has changed, counted by name. */
export type Migration = (connection: Connection, tools: Tools) => Promise<Record<string, number>>;

const PAGE = 50;

/**
 * Reads a whole collection in the order of its ids, page by page: what is changed meanwhile is neither missed
 * nor met twice.
 */
export async function* eachOf<T extends { _id: string }>(
  collection: mongo.Collection<T>,
  { progress }: Pick<Tools, "progress">,
): AsyncGenerator<T> {
  const walk = progress?.(collection.collectionName, await collection.estimatedDocumentCount());
  let after = "";
  try {
    while (true) {
      const filter = { _id: { $gt: after } } as mongo.Filter<T>;
      const page = (await collection.find(filter, { sort: { _id: 1 }, limit: PAGE }).toArray()) as T[];
      for (const document of page) {
        yield document;
        walk?.step();
      }
      const last = page.at(-1);
      if (!last) return;
      after = last._id;
    }
  } finally {
    walk?.end();
  }
}

/**
 * Drops indexes of a collection that is not empty: a unique one would keep it from being spread over
 * machines. The embedded database drops none, and keeps them at little cost.
 */
export async function dropIndexes(connection: Connection, name: string, indexes: readonly string[]): Promise<void> {
  const collection = bare<{ _id: string }>(connection, name);
  if (!(await collection.findOne({}, { projection: { _id: 1 } }))) return;
  for (const index of indexes)
    await collection.dropIndex(index).catch((error: unknown) => {
      if (!MAY_STAY.includes(factsOf(error).code)) throw error;
    });
}

/** IndexNotFound, CommandNotFound */
const MAY_STAY: readonly unknown[] = [27, 59];
