import type { Collection, Index } from "../disk/catalogue.ts";
import { Fault } from "../fault.ts";
import { compileFilter } from "../query/filter.ts";
import { isPosition, splitPath } from "../query/path.ts";
import { Options } from "../registry.ts";
import { equal } from "../values/compare.ts";
import { toSafeInteger } from "../values/numbers.ts";
import { Doc, docOf, int, isNumeric, type Value } from "../values/value.ts";
import { flagOption, textOption } from "./options.ts";

const MOST_INDEXES = 64;
const SECONDS_LIMIT = 2 ** 31;

/** Options of one index in `createIndexes`. */
export const INDEX_OPTIONS = new Options("createIndexes.indexes", [
  ...["key", "name", "unique", "sparse", "partialFilterExpression", "expireAfterSeconds"],
]);

/** Checks the definition of an index and returns it as it is stored. */
export function parseIndexSpec(source: Doc): Doc {
  INDEX_OPTIONS.check(source.keys());
  const key = source.get("key");
  if (!(key instanceof Doc) || key.size === 0) throw new Fault(67, "Index keys cannot be empty.");
  checkKey(key);
  const name = source.has("name") ? textOption(source, "name") : undefined;
  if (!name) throw new Fault(9, "The 'name' field is a required property of an index specification");
  const partial = source.get("partialFilterExpression");
  const expire = source.get("expireAfterSeconds");
  if (partial !== undefined) checkPartial(partial);
  if (expire !== undefined) checkExpire(expire, key);
  const unique = flagOption(source, "unique") || undefined;
  const sparse = flagOption(source, "sparse") || undefined;
  if (sparse && partial) throw new Fault(67, "cannot mix 'partialFilterExpression' and 'sparse' options");
  const options = { unique, sparse, partialFilterExpression: partial, expireAfterSeconds: expire };
  return new Doc([...docOf({ v: int(2), key, name }), ...docOf(options)]);
}

function checkKey(key: Doc): void {
  for (const [name, way] of key) {
    if (name.startsWith("$"))
      throw new Fault(67, "Index key contains an illegal field name: field name starts with '$'.");
    if (splitPath(name).some((part) => isPosition(part) || part === "$**"))
      throw new Fault(67, `positions and wildcards in an index are not in the dialect: ${name}`);
    if (typeof way === "string")
      throw new Fault(67, `Unknown index plugin '${way}' (not in the dialect of this database)`);
    if (!isNumeric(way) || !(toSafeInteger(way) !== 0))
      throw new Fault(67, "Values in the index key pattern cannot be 0 or no number.");
  }
  if (key.size > 32) throw new Fault(13103, "too many compound keys");
}

function checkPartial(partial: Value): void {
  if (!(partial instanceof Doc)) throw new Fault(14, "partialFilterExpression must be an object");
  compileFilter(partial);
}

function checkExpire(expire: Value, key: Doc): void {
  const seconds = isNumeric(expire) ? toSafeInteger(expire) : Number.NaN;
  if (Number.isNaN(seconds) || seconds < 0 || seconds >= SECONDS_LIMIT)
    throw new Fault(67, "TTL index 'expireAfterSeconds' must be within an acceptable range");
  if (key.size > 1) throw new Fault(67, "TTL indexes are single-field indexes, compound indexes do not support TTL.");
  if (key.has("_id"))
    throw new Fault(67, "The field 'expireAfterSeconds' is not valid for an _id index specification.");
}

/** Whether the same index exists already. Throws where an index of that name or key has other options. */
export function isThere(collection: Collection, spec: Doc): boolean {
  const name = spec.get("name") as string;
  const key = spec.get("key") as Doc;
  if (sameKey(key, collection.primary.key)) return true;
  if (name === "_id_") throw new Fault(67, "The index name '_id_' is reserved for the _id index");
  const twin = collection.indexes.find((index) => sameKey(index.key, key) && samePartial(index, spec));
  const namesake = collection.indexes.find((index) => index.name === name);
  if (twin && !sameOptions(twin, spec)) {
    const code = twin.name === name ? 86 : 85;
    throw new Fault(
      code,
      `An equivalent index already exists with the same key but different options. Requested index: ${name}, existing index: ${twin.name}`,
    );
  }
  if (twin && twin.name !== name) throw new Fault(85, `Index already exists with a different name: ${twin.name}`);
  if (!twin && namesake) throw new Fault(86, `An existing index has the same name as the requested index: ${name}`);
  if (!twin && collection.indexes.length + 1 >= MOST_INDEXES)
    throw new Fault(67, `add index fails, too many indexes for ${collection.namespace}`);
  return twin !== undefined;
}

function sameKey(a: Doc, b: Doc): boolean {
  return equal(a, b);
}

function samePartial(index: Index, spec: Doc): boolean {
  return equal(index.spec.get("partialFilterExpression") ?? null, spec.get("partialFilterExpression") ?? null);
}

function sameOptions(index: Index, spec: Doc): boolean {
  return ["unique", "sparse", "expireAfterSeconds"].every((name) =>
    equal(index.spec.get(name) ?? null, spec.get(name) ?? null),
  );
}
