import { ObjectId } from "bson";
import { Fault } from "../fault.ts";
import type { Filter, Leaf } from "../query/filter.ts";
import { Doc, isArray, Opaque, TYPE, type Value } from "../values/value.ts";
import { createSlot } from "./paths.ts";

/** Makes the document that an upsert starts from: the equalities of the filter. */
export function seedFrom(filter: Filter): Doc {
  const doc = new Doc();
  for (const { name, path, operand } of equalities(filter)) {
    const { parent, key } = createSlot(doc, path);
    if (parent.has(key)) throw new Fault(54, `cannot infer query fields to set, path '${name}' is matched twice`);
    parent.set(key, operand);
  }
  return doc;
}

function equalities(filter: Filter): Leaf[] {
  if (filter.kind === "leaf") return filter.op === "$eq" ? [filter] : [];
  return filter.kind === "and" ? filter.parts.flatMap(equalities) : [];
}

/** Puts the `_id` first, a new one if there is none. */
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
  if (isArray(id)) throw new Fault(53, "The '_id' value cannot be of type array");
  const dollar = id instanceof Doc ? [...id.keys()].find((key) => key.startsWith("$")) : undefined;
  if (dollar) throw new Fault(52, `The dollar ($) prefixed field '${dollar}' in '_id' is not valid for storage.`);
}
