import { Fault } from "../fault.ts";
import { matches } from "../query/matches.ts";
import { tuplesAt } from "../query/path.ts";
import { encode, encodeInPlace } from "../values/encode.ts";
import { encodeKey } from "../values/key.ts";
import { Doc, type Value } from "../values/value.ts";
import type { Catalogue, Collection, Index } from "./catalogue.ts";
import { display } from "./display.ts";
import { areaOf, cutKey, idKey, LONGEST_FIELDS } from "./keys.ts";
import type { Store } from "./store.ts";

export const MAX_DOCUMENT = 16 * 1024 * 1024;

type Entry = { key: Buffer; values: readonly Value[]; cut: boolean };
export type Entries = { index: Index; entries: ReadonlyMap<string, Entry> };

/** Entries of a document in an index, without the `_id` that is appended in an index that is not unique. */
export function entriesOf(index: Index, doc: Doc): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  if (index.partial && !matches(index.partial, doc)) return entries;
  const tuples = tuplesAt(
    doc,
    index.fields.map((field) => field.path),
  );
  if (index.sparse && tuples.every((tuple) => tuple.every((value) => value === undefined))) return entries;
  for (const tuple of tuples) {
    const values = tuple.map((value) => value ?? null);
    const whole = encodeKey(values, index.descending);
    const key = Buffer.concat([areaOf(index.id), cutKey(whole)]);
    entries.set(key.toString("latin1"), { key, values, cut: whole.length > LONGEST_FIELDS });
  }
  return entries;
}

function allEntries(collection: Collection, doc: Doc): Entries[] {
  return collection.indexes.map((index) => ({ index, entries: entriesOf(index, doc) }));
}

/**
 * Writes documents and keeps all indexes in step. Call every method inside a write; checks come before the
 * first change.
 */
export class Documents {
  readonly #store: Store;
  readonly #catalogue: Catalogue;

  constructor(store: Store, catalogue: Catalogue) {
    this.#store = store;
    this.#catalogue = catalogue;
  }

  insert(collection: Collection, doc: Doc): void {
    const id = idKey(doc.get("_id")!);
    const key = documentKey(collection, id);
    const added = allEntries(collection, doc);
    if (this.#store.get(key)) throw duplicate(collection, collection.primary, [doc.get("_id")!]);
    this.#checkUnique(collection, id, added);
    // inside a write LMDB copies the bytes at once, so the shared encoding buffer can be used
    const raw = checked(encodeInPlace(doc));
    this.#store.requireRoom(raw.length);
    this.#store.put(key, raw);
    this.#noteLoose(collection, added);
    for (const { index, entries } of added)
      for (const { key } of entries.values()) this.#store.put(entryKey(index, key, id), id);
  }

  /**
   * `before`: the entries of the old document from {@link entriesBefore}, because the update changes that
   * document in place.
   */
  replace(collection: Collection, before: readonly Entries[], { doc, raw }: { doc: Doc; raw: Buffer }): void {
    const id = idKey(doc.get("_id")!);
    const after = allEntries(collection, doc);
    const added = after.map(({ index, entries }, i) => ({ index, entries: minus(entries, before[i]!.entries) }));
    this.#checkUnique(collection, id, added);
    this.#store.requireRoom(raw.length);
    this.#noteLoose(collection, after);
    before.forEach(({ index, entries }, i) => {
      for (const { key } of minus(entries, after[i]!.entries).values()) this.#store.remove(entryKey(index, key, id));
    });
    this.#store.put(documentKey(collection, id), raw);
    for (const { index, entries } of added)
      for (const { key } of entries.values()) this.#store.put(entryKey(index, key, id), id);
  }

  entriesBefore(collection: Collection, doc: Doc): Entries[] {
    return allEntries(collection, doc);
  }

  remove(collection: Collection, doc: Doc): void {
    const id = idKey(doc.get("_id")!);
    for (const { index, entries } of allEntries(collection, doc)) {
      for (const { key } of entries.values()) this.#store.remove(entryKey(index, key, id));
    }
    this.#store.remove(documentKey(collection, id));
  }

  /** Adds one document to a new index. */
  addTo(collection: Collection, index: Index, doc: Doc): boolean {
    const id = idKey(doc.get("_id")!);
    const added = [{ index, entries: entriesOf(index, doc) }];
    this.#checkUnique(collection, id, added);
    for (const { key } of added[0]!.entries.values()) this.#store.put(entryKey(index, key, id), id);
    return isLoose(added[0]!.entries);
  }

  #checkUnique(collection: Collection, id: Buffer, added: readonly Entries[]): void {
    for (const { index, entries } of added) {
      if (!index.unique) continue;
      for (const { key, values } of entries.values()) {
        const owner = this.#store.get(key);
        if (owner && !owner.equals(id)) throw duplicate(collection, index, values);
      }
    }
  }

  #noteLoose(collection: Collection, entries: readonly Entries[]): void {
    const loosened = entries.filter((one) => !one.index.loose && isLoose(one.entries)).map((one) => one.index.id);
    if (loosened.length === 0) return;
    const current = this.#catalogue.find(collection.namespace)!;
    if (current.indexes.every((index) => index.loose || !loosened.includes(index.id))) return;
    const indexes = current.indexes.map((index) => (loosened.includes(index.id) ? { ...index, loose: true } : index));
    this.#catalogue.save({ ...current, indexes });
  }
}

function isLoose(entries: ReadonlyMap<string, Entry>): boolean {
  return entries.size > 1 || [...entries.values()].some((entry) => entry.cut);
}

function minus(entries: ReadonlyMap<string, Entry>, others: ReadonlyMap<string, Entry>): Map<string, Entry> {
  return new Map([...entries].filter(([text]) => !others.has(text)));
}

export function documentKey(collection: Collection, id: Buffer): Buffer {
  return Buffer.concat([areaOf(collection.id), id]);
}

export function entryKey(index: Index, key: Buffer, id: Buffer): Buffer {
  return index.unique ? key : Buffer.concat([key, id]);
}

export function encodeChecked(doc: Doc): Buffer {
  return checked(encode(doc));
}

function checked(raw: Buffer): Buffer {
  if (raw.length <= MAX_DOCUMENT) return raw;
  throw new Fault(10334, `BSONObj size: ${raw.length} is invalid. Size must be between 0 and ${MAX_DOCUMENT}`);
}

function duplicate(collection: Collection, index: Index, values: readonly Value[]): Fault {
  const keyValue = new Doc([...index.key.keys()].map((name, i) => [name, values[i]!]));
  const { namespace } = collection;
  const message = `E11000 duplicate key error collection: ${namespace} index: ${index.name} dup key: ${display(keyValue)}`;
  return new Fault(
    11000,
    message,
    new Doc([
      ["keyPattern", index.key],
      ["keyValue", keyValue],
    ]),
  );
}
