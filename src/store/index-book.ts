import type { mongo } from "mongoose";
import { factsOf } from "../errors.ts";

/** An index as a store asks for it. */
export interface WantedIndex {
  collection: string;
  keys: object;
  options: mongo.CreateIndexesOptions;
}

/**
 * What becomes of an index that a store asks for: it is built where it lacks (`builds`), or only noted as
 * missing.
 */
export interface IndexBook {
  readonly builds: boolean;
  /** names of indexes that the database lacks, as "accidents.dueAt_1"; none where they are built */
  missing(): readonly string[];
  /** True where `existing`, the collection's indexes, have this one with the same options. */
  isThere(wanted: WantedIndex, existing: () => Promise<mongo.IndexDescriptionInfo[]>): Promise<boolean>;
  note(wanted: WantedIndex): void;
  /** Says that an index was built, and in how many ms. */
  built(wanted: WantedIndex, ms: number): void;
}

/** NamespaceNotFound: a collection that nobody has written to */
const NO_COLLECTION = 26;

export function createIndexBook({
  builds,
  tell,
}: {
  builds: boolean;
  tell?: ((line: string) => void) | undefined;
}): IndexBook {
  const known = new Map<string, Promise<mongo.IndexDescriptionInfo[]>>();
  const missing: string[] = [];
  return {
    builds,
    missing: () => missing,
    async isThere({ collection, keys, options }, existing) {
      const listed = known.get(collection) ?? existing().catch(noneWithout);
      known.set(collection, listed);
      return (await listed).some((index) => isSame(index, { keys, options }));
    },
    note: (wanted) => void missing.push(nameOf(wanted)),
    built: (wanted, ms) => tell?.(`index ${nameOf(wanted)}: ${(ms / 1000).toFixed(1)} s`),
  };
}

function noneWithout(error: unknown): mongo.IndexDescriptionInfo[] {
  if (factsOf(error).code !== NO_COLLECTION) throw error;
  return [];
}

/** The name that MongoDB gives it, behind its collection's. */
const nameOf = ({ collection, keys }: WantedIndex): string => `${collection}.${indexName(keys)}`;

export const indexName = (keys: object): string => Object.entries(keys).flat().join("_");

const OPTIONS = ["unique", "sparse", "expireAfterSeconds"] as const;

function isSame(found: mongo.IndexDescriptionInfo, { keys, options }: Pick<WantedIndex, "keys" | "options">): boolean {
  const sameKeys = indexName(found.key) === indexName(keys);
  const partial = (one: { partialFilterExpression?: unknown }) => JSON.stringify(one.partialFilterExpression ?? null);
  return (
    sameKeys &&
    OPTIONS.every((name) => (found[name] || undefined) === (options[name] || undefined)) &&
    partial(found) === partial(options)
  );
}
