import { Fault } from "../fault.ts";
import { compareText } from "../values/compare.ts";
import { Doc, isArray, typeName, type Value } from "../values/value.ts";

/** Splits the path of an update: names of fields, through documents only. */
export function updatePath(name: string): string[] {
  const path = name.split(".");
  if (path.includes(""))
    throw new Fault(56, `The update path '${name}' contains an empty field name, which is not allowed.`);
  const dollar = path.find((part) => part.startsWith("$"));
  if (dollar) throw new Fault(52, `The dollar ($) prefixed field '${dollar}' in '${name}' is not valid for storage.`);
  return path;
}

/**
 * Sorts changes by the names of their fields, as MongoDB does, since new fields are added in that order.
 */
export function comparePaths(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = compareText(a[i]!, b[i]!);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Throws where two changes conflict: at the same path, or one inside the other. */
export function checkConflicts(paths: readonly (readonly string[])[]): void {
  const sorted = [...paths].sort(comparePaths);
  for (let i = 1; i < sorted.length; i++) {
    const [before, path] = [sorted[i - 1]!, sorted[i]!];
    if (!before.every((part, k) => part === path[k])) continue;
    throw new Fault(40, `Updating the path '${path.join(".")}' would create a conflict at '${before.join(".")}'`);
  }
}

/** A field, and the document that holds it. */
export type Slot = { parent: Doc; key: string };

/**
 * Finds the field at the end of the path and creates missing documents on the way. Throws where another
 * value is in the way.
 */
export function createSlot(doc: Doc, path: readonly string[]): Slot {
  let parent = doc;
  for (const [i, key] of path.slice(0, -1).entries()) {
    const next = parent.get(key) ?? (parent.has(key) ? null : new Doc());
    if (!(next instanceof Doc)) throw notViable(path, i + 1, next);
    parent.set(key, next);
    parent = next;
  }
  return { parent, key: path.at(-1)! };
}

function notViable(path: readonly string[], depth: number, value: Value): Fault {
  return new Fault(28, `Cannot create field '${path[depth]}' in element {${path[depth - 1]}: ${typeName(value)}}`);
}

/**
 * Finds the field at the end of the path; undefined when a document on the way is missing. Throws where an
 * array is in the way.
 */
export function findSlot(doc: Doc, path: readonly string[]): Slot | undefined {
  let parent: Value | undefined = doc;
  for (const [i, key] of path.slice(0, -1).entries()) {
    parent = parent instanceof Doc ? parent.get(key) : undefined;
    if (isArray(parent)) throw notViable(path, i + 1, parent);
  }
  return parent instanceof Doc ? { parent, key: path.at(-1)! } : undefined;
}
