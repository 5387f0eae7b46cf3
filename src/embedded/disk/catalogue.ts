import { compileFilter, type Filter } from "../query/filter.ts";
import { parseSort, type SortField } from "../query/sort.ts";
import { decode } from "../values/decode.ts";
import { encode } from "../values/encode.ts";
import { toSafeInteger } from "../values/numbers.ts";
import { Doc, docOf, Int32, isNumeric, type Value } from "../values/value.ts";
import { areaOf } from "./keys.ts";
import type { Store } from "./store.ts";

export type Index = {
  id: number;
  name: string;
  /** The checked definition, as it is stored. */
  spec: Doc;
  key: Doc;
  fields: readonly SortField[];
  descending: readonly boolean[];
  unique: boolean;
  sparse: boolean;
  partial: Filter | undefined;
  expireAfterSeconds: number | undefined;
  /**
   * True when a document has several entries (an array) or a shortened one: entries are then not in the
   * order of documents.
   */
  loose: boolean;
  /** The primary index: the documents in the order of `_id`. */
  primary: boolean;
};

export type Collection = { namespace: string; id: number; primary: Index; indexes: readonly Index[] };

const CATALOGUE = 0;
const COUNTER = areaOf(1);
const FIRST_ID = 16;

function recordKey(namespace: string): Buffer {
  return Buffer.concat([areaOf(CATALOGUE), Buffer.from(namespace)]);
}

/**
 * Collections and indexes, stored in the file and read there each time, inside transactions too. The cache
 * holds only the parsed form of the same bytes, so it is never older or newer than the file.
 */
export class Catalogue {
  readonly #store: Store;
  readonly #parsed = new Map<string, { bytes: Buffer; collection: Collection }>();

  constructor(store: Store) {
    this.#store = store;
  }

  find(namespace: string): Collection | undefined {
    const bytes = this.#store.get(recordKey(namespace));
    if (!bytes) return undefined;
    const known = this.#parsed.get(namespace);
    if (known?.bytes.equals(bytes)) return known.collection;
    const collection = parse(namespace, decode(bytes));
    this.#parsed.set(namespace, { bytes, collection });
    return collection;
  }

  /** Call inside a write. */
  create(namespace: string): Collection {
    const primary = indexFrom(
      docOf({ v: new Int32(2), key: docOf({ _id: new Int32(1) }), name: "_id_" }),
      this.nextId(),
      false,
    );
    return this.save({ namespace, id: primary.id, primary: { ...primary, primary: true, unique: true }, indexes: [] });
  }

  /** Call inside a write. */
  save(collection: Collection): Collection {
    const indexes = collection.indexes.map((index) =>
      docOf({ id: new Int32(index.id), loose: index.loose, spec: index.spec }),
    );
    this.#store.put(recordKey(collection.namespace), encode(docOf({ id: new Int32(collection.id), indexes })));
    return collection;
  }

  /** All collections of all databases. */
  list(): Collection[] {
    const all = this.#store.range({ from: recordKey(""), to: areaOf(CATALOGUE + 1) });
    return [...all].map(({ key }) => this.find(key.subarray(4).toString())!);
  }

  /** Call inside a write. */
  nextId(): number {
    const last = this.#store.get(COUNTER)?.readUInt32BE() ?? FIRST_ID;
    this.#store.put(COUNTER, areaOf(last + 1));
    return last + 1;
  }
}

function parse(namespace: string, record: Doc): Collection {
  const id = numberOf(record.get("id"))!;
  const primary = indexFrom(docOf({ v: new Int32(2), key: docOf({ _id: new Int32(1) }), name: "_id_" }), id, false);
  const indexes = (record.get("indexes") as Doc[]).map((one) =>
    indexFrom(one.get("spec") as Doc, numberOf(one.get("id"))!, one.get("loose") === true),
  );
  return { namespace, id, primary: { ...primary, primary: true, unique: true }, indexes };
}

export function indexFrom(spec: Doc, id: number, loose: boolean): Index {
  const key = spec.get("key") as Doc;
  const fields = parseSort(new Doc([...key].map(([name, way]) => [name, new Int32(numberOf(way)! < 0 ? -1 : 1)])));
  const partial = spec.get("partialFilterExpression");
  return {
    id,
    name: spec.get("name") as string,
    spec,
    key,
    fields,
    descending: fields.map((field) => field.descending),
    unique: spec.get("unique") === true,
    sparse: spec.get("sparse") === true,
    partial: partial instanceof Doc ? compileFilter(partial) : undefined,
    expireAfterSeconds: numberOf(spec.get("expireAfterSeconds")),
    loose,
    primary: false,
  };
}

function numberOf(value: Value | undefined): number | undefined {
  return isNumeric(value) ? toSafeInteger(value) : undefined;
}
