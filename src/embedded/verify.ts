import type { Engine } from "./commands/context.ts";
import type { Collection, Index } from "./disk/catalogue.ts";
import { entriesOf, entryKey } from "./disk/documents.ts";
import { idKey, wholeArea } from "./disk/keys.ts";
import { decode } from "./values/decode.ts";

/**
 * Checks all documents against all indexes. Returns what does not agree; empty when the database is whole.
 */
export function verify(engine: Engine): string[] {
  const faults = engine.catalogue
    .list()
    .flatMap((collection) => [
      ...misplaced(engine, collection),
      ...collection.indexes.flatMap((index) => outOfStep(engine, collection, index)),
    ]);
  // last, since pages that form a loop were told above
  return [...faults, ...lost(engine)];
}

/** Pages from another time may agree with each other; the file notes how many entries it has. */
function lost({ store }: Engine): string[] {
  const { noted, found } = store.entries();
  return noted === found ? [] : [`${found} entries where ${noted} were written`];
}

function misplaced({ store }: Engine, collection: Collection): string[] {
  const faults: string[] = [];
  for (const { key, value } of inOrder(store, collection.id)) {
    const id = decode(value).get("_id");
    if (id === undefined || !idKey(id).equals(key.subarray(4)))
      faults.push(`${collection.namespace}: a document under another _id`);
  }
  return faults;
}

function outOfStep({ store }: Engine, collection: Collection, index: Index): string[] {
  const name = `${collection.namespace} ${index.name}`;
  let missing = 0;
  let found = 0;
  for (const { key, value } of store.range(wholeArea(collection.id))) {
    const id = key.subarray(4);
    for (const entry of entriesOf(index, decode(value)).values()) {
      if (store.get(entryKey(index, entry.key, id))?.equals(id)) found++;
      else missing++;
    }
  }
  let there = 0;
  for (const _ of inOrder(store, index.id)) there++;
  const spare = Math.max(0, there - found);
  return [
    ...Array.from({ length: spare }, () => `${name}: an entry without its document`),
    ...Array.from({ length: missing }, () => `${name}: a document without its entry`),
  ];
}

/**
 * Yields the entries in order. Throws where a key does not follow the one before: pages that form a loop
 * would never end.
 */
function* inOrder(store: Engine["store"], area: number): ReturnType<Engine["store"]["range"]> {
  let last: Buffer | null = null;
  for (const entry of store.range(wholeArea(area))) {
    if (last && Buffer.compare(last, entry.key) >= 0) throw new Error("its keys are out of order");
    last = Buffer.from(entry.key);
    yield entry;
  }
}
