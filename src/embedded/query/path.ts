import { Fault } from "../fault.ts";
import { EMPTY } from "../values/compare.ts";
import { Doc, isArray, type Value } from "../values/value.ts";

export type Test = (value: Value | undefined) => boolean;
export type Found = { path: readonly string[]; expand: boolean; test: Test };

export function isPosition(part: string | undefined): part is string {
  return part !== undefined && /^(0|[1-9]\d{0,8})$/.test(part);
}

/**
 * Whether `test` holds for any value at the path. Arrays on the way are entered one level deep; with
 * `expand` the one at the end too: first its elements are tested, then the array. A missing field is tested
 * as undefined.
 */
export function anyAt(node: Doc, found: Found, depth = 0): boolean {
  const value = node.get(found.path[depth]!);
  if (depth === found.path.length - 1) return tryLeaf(value, found);
  if (value instanceof Doc) return anyAt(value, found, depth + 1);
  if (isArray(value)) return anyInArray(value, found, depth + 1);
  return found.test(undefined);
}

function tryLeaf(value: Value | undefined, { expand, test }: Found): boolean {
  if (expand && isArray(value) && value.some(test)) return true;
  return test(value);
}

function anyInArray(items: readonly Value[], found: Found, depth: number): boolean {
  const part = found.path[depth];
  if (isPosition(part) && Number(part) < items.length && positionMatches(items[Number(part)]!, found, depth))
    return true;
  return items.some((item) => item instanceof Doc && anyAt(item, found, depth));
}

/** Follows a position, which names one element; an element that is an array is not entered. */
function positionMatches(item: Value, found: Found, depth: number): boolean {
  if (depth === found.path.length - 1) return found.test(item);
  if (item instanceof Doc) return anyAt(item, found, depth + 1);
  if (!isArray(item)) return false;
  const next = found.path[depth + 1];
  return isPosition(next) && Number(next) < item.length && positionMatches(item[Number(next)]!, found, depth + 1);
}

type Step = { node: Value | undefined; rest: readonly string[]; done: boolean };

/**
 * Values that an index on `paths` (or a sort) has for a document: one tuple, or one for each element of an
 * array; undefined for a missing field. Throws where two different arrays meet.
 */
export function tuplesAt(doc: Doc, paths: readonly (readonly string[])[]): (Value | undefined)[][] {
  const plain = paths.map((path) => outsideArrays(doc, path));
  return plain.includes(ARRAY)
    ? expand(paths.map((path) => ({ node: doc, rest: path, done: false })))
    : [plain as (Value | undefined)[]];
}

const ARRAY = Symbol("there is an array on the way");

/** Value at a path that meets no array, as nearly all do; ARRAY where it meets one. */
function outsideArrays(doc: Doc, path: readonly string[]): Value | undefined | typeof ARRAY {
  let value: Value | undefined = doc;
  for (const part of path) {
    if (!(value instanceof Doc)) return undefined;
    value = value.get(part);
    if (isArray(value)) return ARRAY;
  }
  return value;
}

function expand(start: readonly Step[]): (Value | undefined)[][] {
  const steps = start.map(advance);
  const arrays = new Set(steps.filter((step) => !step.done).map((step) => step.node));
  if (arrays.size === 0) return [steps.map((step) => step.node)];
  if (arrays.size > 1) throw new Fault(171, "cannot index parallel arrays");
  const [array] = arrays as Set<Value[]>;
  if (array!.length === 0) return [steps.map((step) => (step.done ? step.node : step.rest.length ? undefined : EMPTY))];
  return array!.flatMap((item) => expand(steps.map((step) => (step.done ? step : into(item, step.rest)))));
}

function into(item: Value, rest: readonly string[]): Step {
  if (rest.length === 0) return { node: item, rest, done: true };
  return item instanceof Doc ? { node: item, rest, done: false } : { node: undefined, rest, done: true };
}

/** Follows the path to the value, or to the first array on the way. */
function advance(step: Step): Step {
  if (step.done) return step;
  let { node, rest } = step;
  while (rest.length > 0) {
    if (isArray(node)) break;
    node = node instanceof Doc ? node.get(rest[0]!) : undefined;
    rest = rest.slice(1);
  }
  return { node, rest, done: !isArray(node) };
}

/** Splits a dotted path. */
export function splitPath(path: string): string[] {
  const parts = path.split(".");
  if (path === "" || parts.includes("")) throw new Fault(56, `The path '${path}' contains an empty field name`);
  return parts;
}
