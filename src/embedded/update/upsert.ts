import { ObjectId } from "bson";
import { Fault } from "../fault.ts";
import type { Filter, Leaf } from "../query/filter.ts";
import { isRegex } from "../query/regex.ts";
import { Doc, isArray, Opaque, TYPE, type Value } from "../values/value.ts";
import { createSlot, put, read } from "./target.ts";

/** The document that an upsert starts from: what the filter says by equality. */
export function seedFrom(filter: Filter, forReplacement: boolean): Doc {
  const doc = new Doc();
  for (const { name, path, operand } of equalities(filter)) {
    if (forReplacement && name !== "_id") continue;
    const slot = createSlot(doc, path);
    if (read(slot) !== undefined)
      throw new Fault(54, `cannot infer query fields to set, path '${name}' is matched twice`);
    put(slot, operand);
  }
  return doc;
}

function equalities(filter: Filter): Leaf[] {
  if (filter.kind === "leaf") return filter.op === "$eq" && !isRegex(filter.operand) ? [filter] : [];
  if (filter.kind === "and" || (filter.kind === "or" && filter.parts.length === 1))
    return filter.parts.flatMap(equalities);
  return [];
}

/** With an `_id` (a new one if there is none) in the first place. */
export function withId(doc: Doc): Doc {
  const id = doc.get("_id");
  if (id !== undefined && doc.keys().next().value === "_id") return doc;
  const made = new Doc([["_id", id ?? newId()]]);
  for (const [key, value] of doc) if (key !== "_id") made.set(key, value);
  return made;
}

function newId(): Value {
  return new Opaque(TYPE.objectId, Buffer.from(new ObjectId().id));
}

export function checkId(id: Value): void {
  const kind = isArray(id) ? "array" : isRegex(id) ? "regex" : undefined;
  if (kind) throw new Fault(53, `The '_id' value cannot be of type ${kind}`);
  const dollar = id instanceof Doc ? [...id.keys()].find((key) => key.startsWith("$")) : undefined;
  if (dollar) throw new Fault(52, `The dollar ($) prefixed field '${dollar}' in '_id' is not valid for storage.`);
}
