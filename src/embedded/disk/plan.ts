import type { Filter, Leaf } from "../query/filter.ts";
import type { SortField } from "../query/sort.ts";
import { typeOrder } from "../values/compare.ts";
import { encodeKey, typeByte } from "../values/key.ts";
import { isNaNValue } from "../values/numbers.ts";
import { isArray, isNumeric, type Value } from "../values/value.ts";
import type { Collection, Index } from "./catalogue.ts";
import { after, areaOf, bound, idKey, wholeArea } from "./keys.ts";

export type Bounds = { from: Buffer; to: Buffer };
export type Plan = {
  index: Index;
  /** ranges of keys, in the order of the index */
  ranges: readonly Bounds[];
  reverse: boolean;
  /** true: every document in the ranges matches, so the filter need not be evaluated */
  exact: boolean;
  sorted: boolean;
  scan: boolean;
  /** true: a document may occur more than once */
  repeats: boolean;
};

const MOST_POINTS = 1000;
const RANGES: readonly string[] = ["$gt", "$gte", "$lt", "$lte"];

/** Chooses the best index whose first fields the filter or the sort names; else a collection scan. */
export function makePlan(collection: Collection, filter: Filter, sort: readonly SortField[]): Plan {
  const leaves = conjuncts(filter);
  const only = leaves.length === countAll(filter) ? leaves.length : -1;
  let best: Plan | undefined;
  let bestScore = 0;
  for (const index of [collection.primary, ...collection.indexes]) {
    if (!isUsable(index, leaves)) continue;
    const { plan, score } = planWith(index, leaves, sort, only);
    if (score <= bestScore) continue;
    best = plan;
    bestScore = score;
  }
  return best ?? wholeCollection(collection, leaves.length === 0 && only === 0, sort.length === 0);
}

function wholeCollection({ primary }: Collection, exact: boolean, sorted: boolean): Plan {
  return { index: primary, ranges: [wholeArea(primary.id)], reverse: false, exact, sorted, scan: true, repeats: false };
}

function conjuncts(filter: Filter): Leaf[] {
  if (filter.kind === "leaf") return [filter];
  return filter.kind === "and" ? filter.parts.flatMap(conjuncts) : [];
}

function countAll(filter: Filter): number {
  return filter.kind === "and" ? filter.parts.reduce((sum, part) => sum + countAll(part), 0) : 1;
}

/** Whether the index has all documents that can match: a sparse or partial index leaves some out. */
function isUsable(index: Index, leaves: readonly Leaf[]): boolean {
  if (
    index.sparse &&
    !index.fields.some((field) => leaves.some((leaf) => leaf.name === field.name && excludesMissing(leaf)))
  ) {
    return false;
  }
  return !index.partial || conditionsOf(index.partial).every((condition) => isImplied(condition, leaves));
}

function excludesMissing({ op, operand, test }: Leaf): boolean {
  return (
    (op === "$eq" || op === "$in" || op === "$exists" || RANGES.includes(op)) && operand !== null && !test(undefined)
  );
}

function conditionsOf(partial: Filter): (Leaf | undefined)[] {
  if (partial.kind === "and") return partial.parts.flatMap(conditionsOf);
  return [partial.kind === "leaf" ? partial : undefined];
}

/** Whether the filter implies the condition of a partial index. */
function isImplied(condition: Leaf | undefined, leaves: readonly Leaf[]): boolean {
  if (!condition) return false;
  return leaves.some((leaf) => {
    if (leaf.name !== condition.name) return false;
    if (leaf.op === "$eq" || leaf.op === "$in") return pointsOf(leaf).every((value) => allows(condition, value));
    if (condition.op === "$exists") return excludesMissing(leaf);
    return leaf.op === condition.op && encodeKey([leaf.operand]).equals(encodeKey([condition.operand]));
  });
}

/** Whether everything that equals the value meets the condition. What equals null may be missing. */
function allows(condition: Leaf, value: Value): boolean {
  return condition.expand && isPlain(value) && condition.test(value) && (value !== null || condition.test(undefined));
}

/** Whether every document that equals the value has an entry for it. */
function isPlain(value: Value): boolean {
  return !isArray(value);
}

type Scored = { plan: Plan; score: number };

function planWith(index: Index, leaves: readonly Leaf[], sort: readonly SortField[], only: number): Scored {
  const used = new Set<Leaf>();
  const { prefixes, fixed, ranges } = boundsOf(index, leaves, used);
  const order = orderBy(index, sort, prefixes.length === 1 ? fixed : 0);
  const plan = {
    index,
    ranges: sortedRanges(ranges ?? prefixes.map((prefix) => ({ from: bound(prefix), to: after(prefix) }))),
    reverse: order === "backward",
    // In an array one element with an entry meets one condition; two conditions may be met by two elements.
    exact: used.size === only && (!index.loose || (only === 1 && fixed === 1)) && [...used].every(isExact),
    sorted: sort.length === 0 || order !== undefined,
    scan: false,
    repeats: index.loose,
  };
  // A sparse or partial index that covers the filter is at least smaller than the collection.
  const smaller = index.sparse || index.partial ? 1 : 0;
  return { plan, score: fixed * 4 + (ranges ? 2 : 0) + (order ? 3 : 0) + smaller };
}

type IndexBounds = { prefixes: Buffer[]; fixed: number; ranges: Bounds[] | undefined };

/** Ranges for equality on as many first fields as possible, then one range. */
function boundsOf(index: Index, leaves: readonly Leaf[], used: Set<Leaf>): IndexBounds {
  let prefixes = [areaOf(index.id)];
  const tops = new Set<string>();
  for (const [i, field] of index.fields.entries()) {
    // Two conditions on an array may be met by two elements, each with an entry of its own.
    if (index.loose && tops.has(field.path[0]!)) return { prefixes, fixed: i, ranges: undefined };
    tops.add(field.path[0]!);
    const leaf = pointLeaf(field.name, leaves, prefixes.length);
    if (!leaf) return { prefixes, fixed: i, ranges: rangesOf({ index, i, leaves, used }, prefixes) };
    used.add(leaf);
    prefixes = prefixes.flatMap((prefix) => pointsOf(leaf).map((value) => join(prefix, value, index.descending[i]!)));
  }
  return { prefixes, fixed: index.fields.length, ranges: undefined };
}

function join(prefix: Buffer, value: Value, descending: boolean): Buffer {
  return Buffer.concat([prefix, encodeKey([value], [descending])]);
}

function sortedRanges(ranges: readonly Bounds[]): Bounds[] {
  const sorted = [...ranges].sort((a, b) => Buffer.compare(a.from, b.from));
  return sorted.filter((range, i) => i === 0 || !range.from.equals(sorted[i - 1]!.from));
}

function pointLeaf(name: string, leaves: readonly Leaf[], prefixes: number): Leaf | undefined {
  return leaves.find((leaf) => {
    if (leaf.name !== name || (leaf.op !== "$eq" && leaf.op !== "$in")) return false;
    const points = pointsOf(leaf);
    return points.every(isPlain) && prefixes * points.length <= MOST_POINTS;
  });
}

function pointsOf({ op, operand }: Pick<Leaf, "op" | "operand">): readonly Value[] {
  return op === "$in" ? (operand as Value[]) : [operand];
}

/**
 * Whether the ranges alone prove the filter. They do not for missing fields, arrays, and NaN in a range.
 */
function isExact(leaf: Leaf): boolean {
  const { op, operand } = leaf;
  if (pointsOf(leaf).some((value) => value === null || isLong(value))) return false;
  return !RANGES.includes(op) || !isNumeric(operand);
}

/** Whether the key of the value may be shortened. */
function isLong(value: Value): boolean {
  return typeof value === "string" ? value.length > 150 : encodeKey([value]).length > 500;
}

type RangeQuestion = { index: Index; i: number; leaves: readonly Leaf[]; used: Set<Leaf> };

function rangesOf({ index, i, leaves, used }: RangeQuestion, prefixes: readonly Buffer[]): Bounds[] | undefined {
  const name = index.fields[i]!.name;
  const candidates = leaves.filter(
    (leaf) => leaf.name === name && RANGES.includes(leaf.op) && isRangeable(leaf.operand),
  );
  if (candidates.length === 0) return undefined;
  // In an array, different elements may meet the two bounds.
  const chosen = index.loose ? candidates.slice(0, 1) : candidates.filter((leaf) => sameType(leaf, candidates[0]!));
  for (const leaf of chosen) used.add(leaf);
  const bounds = chosen.map((leaf) => fieldBounds(leaf, index.descending[i]!));
  const from = bounds.map((one) => one.from).reduce((a, b) => (Buffer.compare(a, b) > 0 ? a : b));
  const to = bounds.map((one) => one.to).reduce((a, b) => (Buffer.compare(a, b) < 0 ? a : b));
  return prefixes.map((prefix) => ({ from: bound(Buffer.concat([prefix, from])), to: upTo(prefix, to) }));
}

function upTo(prefix: Buffer, to: Buffer): Buffer {
  const whole = Buffer.concat([prefix, to]);
  return bound(whole) === whole ? whole : after(whole);
}

function sameType(a: Leaf, b: Leaf): boolean {
  return typeOrder(a.operand) === typeOrder(b.operand);
}

function isRangeable(operand: Value): boolean {
  if (operand === null || isArray(operand)) return false;
  return !(isNumeric(operand) && isNaNValue(operand));
}

function fieldBounds({ op, operand }: Leaf, descending: boolean): Bounds {
  const type = typeByte(typeOrder(operand));
  const first = descending ? ~type & 0xff : type;
  const key = encodeKey([operand], [descending]);
  const inclusive = op.endsWith("e");
  const isStart = op.startsWith("$gt") !== descending;
  const whole = { from: Buffer.from([first]), to: Buffer.from([first + 1]) };
  if (isStart) return { ...whole, from: inclusive ? key : after(key) };
  return { ...whole, to: inclusive ? after(key) : key };
}

/** Whether the index has the order of the sort after `fixed` fields with one value each. */
function orderBy(index: Index, sort: readonly SortField[], fixed: number): "forward" | "backward" | undefined {
  if (sort.length === 0 || index.loose) return undefined;
  const rest = sort.filter((field) => !index.fields.slice(0, fixed).some((one) => one.name === field.name));
  const wanted = index.fields.slice(fixed, fixed + rest.length);
  const fits = rest.length === wanted.length && rest.every((field, i) => field.name === wanted[i]!.name);
  if (!fits) return undefined;
  const turned = rest.map((field, i) => field.descending !== wanted[i]!.descending);
  if (turned.every((one) => !one)) return "forward";
  return turned.every((one) => one) ? "backward" : undefined;
}

/**
 * Keys of the `_id`s that the filter names, in their order, also when it has further conditions: only these
 * documents need be read. Undefined where it names none, or several and another order is asked for.
 */
export function idsOf(filter: Filter, sort: readonly SortField[] = []): Buffer[] | undefined {
  const leaf = conjuncts(filter).find(
    ({ name, op, operand }) =>
      name === "_id" &&
      (op === "$eq" || (op === "$in" && sort.length === 0)) &&
      pointsOf({ op, operand }).every(isPlain),
  );
  if (!leaf) return undefined;
  const keys = pointsOf(leaf).map(idKey).sort(Buffer.compare);
  return keys.filter((key, i) => i === 0 || !key.equals(keys[i - 1]!));
}
