import type { Doc } from "../values/value.ts";
import type { Filter } from "./filter.ts";
import { anyAt } from "./path.ts";

export function matches(filter: Filter, doc: Doc): boolean {
  switch (filter.kind) {
    case "leaf":
      return anyAt(doc, filter);
    case "and":
      return filter.parts.every((part) => matches(part, doc));
    case "or":
      return filter.parts.some((part) => matches(part, doc));
    case "not":
      return !matches(filter.part, doc);
  }
}
