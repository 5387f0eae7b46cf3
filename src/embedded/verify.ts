import type { Engine } from "./commands/context.ts";
import type { Collection, Index } from "./disk/catalogue.ts";
import { entriesOf, entryKey } from "./disk/documents.ts";
import { idKey, wholeArea } from "./disk/keys.ts";
import { decode } from "./values/decode.ts";

/** Walks all documents and all indexes; gives what is out of step, nothing when all is well. */
export function verify(engine: Engine): string[] {
  return engine.catalogue
    .list()
    .flatMap((collection) => [
      ...misplaced(engine, collection),
      ...collection.indexes.flatMap((index) => outOfStep(engine, collection, index)),
    ]);
}

function misplaced({ store }: Engine, collection: Collection): string[] {
  const faults: string[] = [];
  for (const { key, value } of store.range(wholeArea(collection.id))) {
    const id = decode(value).get("_id");
    if (id === undefined || !idKey(id).equals(key.subarray(4)))
      faults.push(`${collection.namespace}: a document under another _id`);
  }
  return faults;
}

function outOfStep({ store }: Engine, collection: Collection, index: Index): string[] {
  const wanted = new Map<string, string>();
  for (const { key, value } of store.range(wholeArea(collection.id))) {
    const id = key.subarray(4);
    for (const entry of entriesOf(index, decode(value)).values()) {
      const text = entryKey(index, entry.key, id).toString("latin1");
      wanted.set(text, id.toString("latin1"));
    }
  }
  const name = `${collection.namespace} ${index.name}`;
  const faults: string[] = [];
  for (const { key, value } of store.range(wholeArea(index.id))) {
    const text = key.toString("latin1");
    if (wanted.get(text) !== value.toString("latin1")) faults.push(`${name}: an entry without its document`);
    wanted.delete(text);
  }
  for (const _ of wanted) faults.push(`${name}: a document without its entry`);
  return faults;
}
