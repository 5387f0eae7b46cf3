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
  /** somebody hears what is built */
  readonly tells: boolean;
  /** names of indexes that the database lacks, as "accidents.dueAt_1"; none where they are built */
  missing(): readonly string[];
  /** True where `existing`, the collection's indexes, have this one with the same options. */
  isThere(wanted: WantedIndex, existing: () => Promise<mongo.IndexDescriptionInfo[]>): Promise<boolean>;
  note(wanted: WantedIndex): void;
  /** Says that an index is being built over so many documents, and again from time to time, until `built`. */
  building(wanted: WantedIndex, documents: number): { built(): void; stop(): void };
}

/** NamespaceNotFound: a collection that nobody has written to */
const NO_COLLECTION = 26;

/** Over fewer documents an index is there at once. */
const MANY = 10_000;
const SAY_EVERY_MS = 30_000;

export interface IndexBookOptions {
  builds: boolean;
  tell?: ((line: string) => void) | undefined;
  /** how many indexes are known to lack */
  lacking?: number | undefined;
}

export function createIndexBook({ builds, tell, lacking }: IndexBookOptions): IndexBook {
  const known = new Map<string, Promise<mongo.IndexDescriptionInfo[]>>();
  const missing: string[] = [];
  const made = new Set<string>();
  return {
    builds,
    tells: tell !== undefined,
    missing: () => missing,
    async isThere({ collection, keys, options }, existing) {
      if (made.has(nameOf({ collection, keys }))) return true;
      const listed = known.get(collection) ?? existing().catch(noneWithout);
      known.set(collection, listed);
      return (await listed).some((index) => isSame(index, { keys, options }));
    },
    note: (wanted) => void missing.push(nameOf(wanted)),
    building(wanted, documents) {
      const name = nameOf(wanted);
      const which = lacking ? ` (${made.size + 1} of ${Math.max(lacking, made.size + 1)})` : "";
      const started = performance.now();
      const seconds = () => `${((performance.now() - started) / 1000).toFixed(1)} s`;
      if (documents >= MANY) tell?.(`index ${name}${which}, ${documents} documents …`);
      const telling = setInterval(() => tell?.(`index ${name}${which}: ${seconds()} so far`), SAY_EVERY_MS);
      const stop = () => clearInterval(telling);
      return {
        stop,
        built() {
          stop();
          made.add(name);
          tell?.(`index ${name}${which}: ${seconds()}`);
        },
      };
    },
  };
}

function noneWithout(error: unknown): mongo.IndexDescriptionInfo[] {
  if (factsOf(error).code !== NO_COLLECTION) throw error;
  return [];
}

/** The name that MongoDB gives it, behind its collection's. */
const nameOf = ({ collection, keys }: Omit<WantedIndex, "options">): string => `${collection}.${indexName(keys)}`;

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
