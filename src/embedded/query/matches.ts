import { Doc, isArray, type Value } from "../values/value.ts";
import { truthy } from "./expression.ts";
import type { Filter, Leaf } from "./filter.ts";
import { anyAt, plainAt } from "./path.ts";

export function matches(filter: Filter, doc: Doc): boolean {
  switch (filter.kind) {
    case "leaf":
      return anyAt(doc, filter);
    case "and":
      return filter.parts.every((part) => matches(part, doc));
    case "or":
      return filter.parts.some((part) => matches(part, doc));
    case "nor":
      return !filter.parts.some((part) => matches(part, doc));
    case "not":
      return !matches(filter.part, doc);
    case "expr":
      return truthy(filter.expression(doc));
  }
}

/** The index that the positional `$` means: the element of the array at `path` that made the filter match; -1 if none did. */
export function positionOf(filter: Filter, doc: Doc, path: readonly string[]): number {
  const items = plainAt(doc, path);
  if (!isArray(items)) return -1;
  const leaves = leavesOn(filter, doc, path);
  const all = items.findIndex((item) => leaves.length > 0 && leaves.every((leaf) => elementMatches(leaf, item, path)));
  if (all >= 0) return all;
  const last = leaves.findLast((leaf) => items.some((item) => elementMatches(leaf, item, path)));
  return last ? items.findIndex((item) => elementMatches(last, item, path)) : -1;
}

function leavesOn(filter: Filter, doc: Doc, path: readonly string[]): Leaf[] {
  if (filter.kind === "leaf") return path.every((part, i) => filter.path[i] === part) ? [filter] : [];
  if (filter.kind === "and") return filter.parts.flatMap((part) => leavesOn(part, doc, path));
  if (filter.kind === "or") {
    const branch = filter.parts.find((part) => matches(part, doc));
    return branch ? leavesOn(branch, doc, path) : [];
  }
  return [];
}

function elementMatches(leaf: Leaf, item: Value, path: readonly string[]): boolean {
  const rest = leaf.path.slice(path.length);
  if (rest.length > 0) return item instanceof Doc && anyAt(item, { ...leaf, path: rest });
  return leaf.op === "$elemMatch" ? leaf.test([item]) : leaf.op !== "$size" && leaf.test(item);
}
