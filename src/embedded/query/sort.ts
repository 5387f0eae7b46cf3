import { Fault } from "../fault.ts";
import { compare } from "../values/compare.ts";
import { toSafeInteger } from "../values/numbers.ts";
import { type Doc, isNumeric, type Value } from "../values/value.ts";
import { splitPath, tuplesAt } from "./path.ts";

export type SortField = { name: string; path: readonly string[]; descending: boolean };

export function parseSort(sort: Doc | undefined): SortField[] {
  if (!sort) return [];
  if (sort.size > 32) throw new Fault(15955, "too many sort keys");
  return [...sort].map(([name, order]) => {
    if (name.startsWith("$")) throw new Fault(16410, `FieldPath field names may not start with '$': ${name}`);
    return { name, path: splitPath(name), descending: isDescending(order) };
  });
}

function isDescending(order: Value): boolean {
  const way = isNumeric(order) ? toSafeInteger(order) : Number.NaN;
  if (Number.isNaN(way)) throw new Fault(15974, "Illegal key in $sort specification: only 1 and -1 are in the dialect");
  if (way !== 1 && way !== -1)
    throw new Fault(15975, "$sort key ordering must be 1 (for ascending) or -1 (for descending)");
  return way === -1;
}

/**
 * Values by which a document is sorted: of an array the smallest when ascending, the largest when
 * descending.
 */
export function sortKey(fields: readonly SortField[], doc: Doc): Value[] {
  const tuples = tuplesAt(
    doc,
    fields.map((field) => field.path),
  ).map((tuple) => tuple.map((value) => value ?? null));
  return tuples.reduce((best, tuple) => (compareKeys(fields, tuple, best) < 0 ? tuple : best));
}

export function compareKeys(fields: readonly SortField[], a: readonly Value[], b: readonly Value[]): number {
  for (let i = 0; i < fields.length; i++) {
    const difference = compare(a[i]!, b[i]!);
    if (difference !== 0) return fields[i]!.descending ? -difference : difference;
  }
  return 0;
}
