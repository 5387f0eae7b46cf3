import { Fault } from "../fault.ts";
import { compileFilter, type Filter } from "../query/filter.ts";
import { type DateTime, Doc, isArray, type Value } from "../values/value.ts";

/** The array filters by the identifier that each is about. */
export function compileArrayFilters(source: Value | undefined, now: DateTime): Map<string, Filter> {
  const filters = new Map<string, Filter>();
  if (source === undefined) return filters;
  if (!isArray(source)) throw new Fault(14, "arrayFilters must be an array");
  for (const one of source) {
    if (!(one instanceof Doc)) throw new Fault(14, "each array filter must be an object");
    const [id, ...others] = new Set(identifiers(one));
    if (id === undefined || others.length > 0)
      throw new Fault(9, "an array filter must use exactly one top-level field name");
    if (filters.has(id)) throw new Fault(9, `Found multiple array filters with the same top-level field name ${id}`);
    filters.set(id, compileFilter(one, now));
  }
  return filters;
}

function identifiers(filter: Doc): string[] {
  return [...filter].flatMap(([key, value]) => {
    if (!key.startsWith("$")) return [key.split(".")[0]!];
    return isArray(value) ? value.flatMap((part) => (part instanceof Doc ? identifiers(part) : [])) : [];
  });
}

export function checkFiltersUsed(filters: ReadonlyMap<string, Filter>, paths: readonly (readonly string[])[]): void {
  for (const id of filters.keys()) {
    if (paths.some((path) => path.includes(`$[${id}]`))) continue;
    throw new Fault(9, `The array filter for identifier '${id}' was not used in the update`);
  }
}
