import { refuseOperator } from "../dialect.ts";
import { Fault } from "../fault.ts";
import { compare } from "../values/compare.ts";
import { calculateWide, compareNumbers, type Numeric, toSafeInteger } from "../values/numbers.ts";
import { DateTime, Doc, Int32, isArray, isNumeric, typeName, type Value } from "../values/value.ts";
import { splitPath } from "./path.ts";

/** Computes a value from a document; undefined stands for a missing field. */
export type Expression = (doc: Doc) => Value | undefined;
type Operator = (args: readonly Expression[], op: string) => Expression;

const ZERO = new Int32(0);

/** `now` is the one moment that `$$NOW` means throughout a command. */
export function compileExpression(source: Value, now: DateTime): Expression {
  if (typeof source === "string" && source.startsWith("$")) return reference(source, now);
  if (isArray(source)) return arrayOf(source.map((item) => compileExpression(item, now)));
  if (!(source instanceof Doc)) return () => source;
  const [first] = source.keys();
  if (!first?.startsWith("$")) return objectOf(source, now);
  if (source.size > 1) throw new Fault(15983, "an object of an expression must have exactly one field");
  return operation(first, source.get(first)!, now);
}

function reference(source: string, now: DateTime): Expression {
  if (source === "$$NOW") return () => now;
  if (source.startsWith("$$")) throw new Fault(17276, `Use of undefined variable: ${source.slice(2)}`);
  if (source === "$") throw new Fault(16872, "'$' by itself is not a valid field path");
  const path = splitPath(source.slice(1));
  return (doc) => fieldAt(doc, path, 0);
}

/** A path through an array gives the array of what its documents have there. */
function fieldAt(node: Doc, path: readonly string[], depth: number): Value | undefined {
  const value = node.get(path[depth]!);
  if (depth === path.length - 1 || value === undefined) return value;
  if (value instanceof Doc) return fieldAt(value, path, depth + 1);
  return isArray(value) ? throughArray(value, path, depth + 1) : undefined;
}

function throughArray(items: readonly Value[], path: readonly string[], depth: number): Value[] {
  return items.flatMap((item) => {
    const found =
      item instanceof Doc ? fieldAt(item, path, depth) : isArray(item) ? throughArray(item, path, depth) : undefined;
    return found === undefined ? [] : [found];
  });
}

function arrayOf(items: readonly Expression[]): Expression {
  return (doc) => items.map((item) => item(doc) ?? null);
}

function objectOf(source: Doc, now: DateTime): Expression {
  const fields = [...source].map(([key, value]) => [key, compileExpression(value, now)] as const);
  return (doc) => {
    const made = new Doc();
    for (const [key, expression] of fields) {
      const value = expression(doc);
      if (value !== undefined) made.set(key, value);
    }
    return made;
  };
}

function operation(op: string, operand: Value, now: DateTime): Expression {
  if (op === "$literal") return () => operand;
  if (op === "$cond" && operand instanceof Doc) return condition(conditionParts(operand, now), op);
  const make = OPERATORS[op];
  if (!make) return refuseOperator("expression", op);
  const sources = isArray(operand) ? operand : [operand];
  return make(
    sources.map((source) => compileExpression(source, now)),
    op,
  );
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  $eq: comparison((difference) => difference === 0),
  $ne: comparison((difference) => difference !== 0),
  $lt: comparison((difference) => difference < 0),
  $lte: comparison((difference) => difference <= 0),
  $gt: comparison((difference) => difference > 0),
  $gte: comparison((difference) => difference >= 0),
  $and: (args) => (doc) => args.every((arg) => truthy(arg(doc))),
  $or: (args) => (doc) => args.some((arg) => truthy(arg(doc))),
  $add: (args) => (doc) => sum(args.map((arg) => arg(doc))),
  $subtract: (args, op) => {
    const [left, right] = exactly(2, args, op);
    return (doc) => difference(left!(doc), right!(doc));
  },
  $cond: condition,
  $ifNull: (args) => (doc) => {
    if (args.length < 2) throw new Fault(1257300, "$ifNull needs at least two arguments");
    const values = args.map((arg) => arg(doc));
    return values.slice(0, -1).find((value) => value !== undefined && value !== null) ?? values.at(-1);
  },
  $concatArrays: (args) => (doc) => concat(args.map((arg) => arg(doc))),
};

function exactly(count: number, args: readonly Expression[], op: string): readonly Expression[] {
  if (args.length === count) return args;
  throw new Fault(16020, `Expression ${op} takes exactly ${count} arguments. ${args.length} were passed in.`);
}

/** In expressions a missing field comes before everything, null too. */
function comparison(holds: (difference: number) => boolean): Operator {
  return (args, op) => {
    const [left, right] = exactly(2, args, op);
    return (doc) => holds(compareMissing(left!(doc), right!(doc)));
  };
}

function compareMissing(a: Value | undefined, b: Value | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return compare(a, b);
}

export function truthy(value: Value | undefined): boolean {
  if (value === undefined || value === null || value === false) return false;
  return !(isNumeric(value) && compareNumbers(value, 0) === 0);
}

function sum(values: readonly (Value | undefined)[]): Value {
  if (values.some((value) => value === undefined || value === null)) return null;
  const dates = values.filter((value) => value instanceof DateTime);
  if (dates.length > 1) throw new Fault(16612, "only one date allowed in an $add expression");
  const total = values
    .filter((value) => !(value instanceof DateTime))
    .reduce<Numeric>((before, value) => {
      if (!isNumeric(value)) throw new Fault(14, `$add only supports numeric or date types, not ${typeName(value!)}`);
      return calculateWide("add", before, value);
    }, ZERO);
  return dates[0] instanceof DateTime ? new DateTime(dates[0].ms + milliseconds(total)) : total;
}

function milliseconds(value: Numeric): number {
  const ms = toSafeInteger(value);
  if (Number.isNaN(ms)) throw new Fault(2, "milliseconds that are added to a date must be a whole number");
  return ms;
}

function difference(left: Value | undefined, right: Value | undefined): Value {
  if (left === undefined || left === null || right === undefined || right === null) return null;
  if (left instanceof DateTime && right instanceof DateTime) return BigInt(left.ms - right.ms);
  if (left instanceof DateTime && isNumeric(right)) return new DateTime(left.ms - milliseconds(right));
  if (isNumeric(left) && isNumeric(right)) return calculateWide("subtract", left, right);
  throw new Fault(14, `can't $subtract ${typeName(right)} from ${typeName(left)}`);
}

function condition(args: readonly Expression[], op: string): Expression {
  const [test, yes, no] = exactly(3, args, op);
  return (doc) => (truthy(test!(doc)) ? yes!(doc) : no!(doc));
}

function conditionParts(operand: Doc, now: DateTime): Expression[] {
  const unknown = [...operand.keys()].find((key) => !["if", "then", "else"].includes(key));
  if (unknown) throw new Fault(17083, `Unrecognized parameter to $cond: ${unknown}`);
  return ["if", "then", "else"].map((key, i) => {
    const part = operand.get(key);
    if (part === undefined) throw new Fault(17080 + i, `Missing '${key}' parameter to $cond`);
    return compileExpression(part, now);
  });
}

function concat(values: readonly (Value | undefined)[]): Value {
  if (values.some((value) => value === undefined || value === null)) return null;
  return values.flatMap((value) => {
    if (isArray(value)) return value;
    throw new Fault(28664, `$concatArrays only supports arrays, not ${typeName(value!)}`);
  });
}
