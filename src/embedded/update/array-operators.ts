import { Fault } from "../fault.ts";
import { elementTest } from "../query/filter.ts";
import { equalTest } from "../query/match-tests.ts";
import type { Test } from "../query/path.ts";
import { compareKeys, parseSort, type SortField, sortKey } from "../query/sort.ts";
import { compare, equal } from "../values/compare.ts";
import { toSafeInteger } from "../values/numbers.ts";
import { Doc, isArray, isNumeric, typeName, type Value } from "../values/value.ts";
import type { Change } from "./operators.ts";

function integer(value: Value, what: string): number {
  const number = isNumeric(value) ? toSafeInteger(value) : Number.NaN;
  if (Number.isNaN(number)) throw new Fault(2, `The value for ${what} must be an integer value`);
  return number;
}

function arrayAt(current: Value | undefined, path: string, op: string): Value[] {
  if (current === undefined) return [];
  if (isArray(current)) return current;
  throw new Fault(2, `The field '${path}' must be an array but is of type ${typeName(current)} (${op})`);
}

/** The values of `$each`, or the operand itself as the one value. */
function eachOf(operand: Value, op: string): readonly Value[] {
  if (!(operand instanceof Doc) || !operand.has("$each")) return [operand];
  const each = operand.get("$each");
  if (!isArray(each)) throw new Fault(op === "$push" ? 2 : 14, `The argument to $each in ${op} must be an array`);
  return each;
}

type PushOptions = { position: number; slice: number | undefined; order: ((a: Value, b: Value) => number) | undefined };

export function push(operand: Value): Change {
  const values = eachOf(operand, "$push");
  const options = pushOptions(operand);
  return (current, path) => {
    const items = [...arrayAt(current, path, "$push")];
    const at = options.position < 0 ? Math.max(0, items.length + options.position) : options.position;
    items.splice(at, 0, ...values);
    if (options.order) items.sort(options.order);
    return options.slice === undefined ? items : cut(items, options.slice);
  };
}

function cut(items: Value[], slice: number): Value[] {
  if (slice === 0) return [];
  return slice < 0 ? items.slice(slice) : items.slice(0, slice);
}

function pushOptions(operand: Value): PushOptions {
  const options: PushOptions = { position: Number.POSITIVE_INFINITY, slice: undefined, order: undefined };
  if (!(operand instanceof Doc) || !operand.has("$each")) return options;
  for (const [name, value] of operand) {
    if (name === "$position") options.position = integer(value, "$position");
    else if (name === "$slice") options.slice = integer(value, "$slice");
    else if (name === "$sort") options.order = elementOrder(value);
    else if (name !== "$each") throw new Fault(2, `Unrecognized clause in $push: ${name}`);
  }
  return options;
}

function elementOrder(spec: Value): (a: Value, b: Value) => number {
  if (isNumeric(spec)) {
    const way = toSafeInteger(spec);
    if (way !== 1 && way !== -1) throw new Fault(2, "The $sort element value must be either 1 or -1");
    return (a, b) => way * compare(a, b);
  }
  if (!(spec instanceof Doc)) throw new Fault(2, "The $sort is invalid: use 1 or -1 or {field: 1 or -1}");
  const fields = parseSort(spec);
  return (a, b) => compareKeys(fields, elementKey(fields, a), elementKey(fields, b));
}

function elementKey(fields: readonly SortField[], item: Value): Value[] {
  return sortKey(fields, item instanceof Doc ? item : new Doc());
}

/** Adds what is not there yet; what is there twice already stays. */
export function addToSet(operand: Value): Change {
  if (operand instanceof Doc && operand.has("$each") && operand.size > 1) {
    throw new Fault(2, `Found unexpected fields after $each in $addToSet: ${[...operand.keys()].at(-1)}`);
  }
  const values = eachOf(operand, "$addToSet");
  return (current, path) => {
    const items = [...arrayAt(current, path, "$addToSet")];
    for (const value of values) if (!items.some((item) => equal(item, value))) items.push(value);
    return items;
  };
}

export function pull(operand: Value): Change {
  return without(operand instanceof Doc ? elementTest(operand) : equalTest(operand), "$pull");
}

export function pullAll(operand: Value): Change {
  if (!isArray(operand)) throw new Fault(2, "$pullAll requires an array argument");
  return without((item) => operand.some((value) => equal(value, item!)), "$pullAll");
}

function without(test: Test, op: string): Change {
  return (current, path) => {
    if (current === undefined) return undefined;
    if (!isArray(current)) throw new Fault(2, `Cannot apply ${op} to a non-array value at '${path}'`);
    return current.filter((item) => !test(item));
  };
}

export function pop(operand: Value): Change {
  const way = isNumeric(operand) ? toSafeInteger(operand) : Number.NaN;
  if (way !== 1 && way !== -1) throw new Fault(9, "$pop expects 1 or -1");
  return (current, path) => {
    if (current === undefined) return undefined;
    if (!isArray(current))
      throw new Fault(14, `Path '${path}' contains an element of non-array type '${typeName(current)}'`);
    return way === 1 ? current.slice(0, -1) : current.slice(1);
  };
}
