import { Fault } from "../fault.ts";
import { Registry } from "../registry.ts";
import { Doc, isArray, type Value } from "../values/value.ts";
import { exactTest, existsTest, inTest, isTrue, rangeTest, sizeTest } from "./match-tests.ts";
import { splitPath, type Test } from "./path.ts";

export type Leaf = {
  kind: "leaf";
  name: string;
  path: readonly string[];
  op: string;
  operand: Value;
  expand: boolean;
  test: Test;
};

/** A filter as a tree. Indexes serve leaves under `and` only. */
export type Filter = Leaf | { kind: "and" | "or"; parts: readonly Filter[] } | { kind: "not"; part: Filter };

export function compileFilter(filter: Doc): Filter {
  const parts: Filter[] = [];
  for (const [key, value] of filter)
    parts.push(...(key.startsWith("$") ? [LOGICAL_OPERATORS.get(key)(value)] : onField(key, value)));
  return parts.length === 1 ? parts[0]! : { kind: "and", parts };
}

/** Operators beside the fields of a filter. */
export const LOGICAL_OPERATORS = new Registry<(operand: Value) => Filter>(
  "filter",
  { code: 2, words: "unknown top level operator" },
  {
    $or: (operand) => {
      if (!isArray(operand) || operand.length === 0) throw new Fault(2, "$or must be a nonempty array");
      return { kind: "or", parts: operand.map((part) => compileFilter(docOnly(part, "$or takes documents"))) };
    },
  },
);

function docOnly(value: Value, message: string): Doc {
  if (!(value instanceof Doc)) throw new Fault(2, message);
  return value;
}

type Field = { name: string; path: readonly string[] };

/** Conditions on one field. A value without an operator means equality. */
export const FIELD_OPERATORS = new Registry<(field: Field, operand: Value) => Filter>(
  "condition",
  { code: 2, words: "unknown operator" },
  {
    // `$exists: false` and `$ne` negate "anywhere", which matters inside arrays.
    $ne: (field, operand) => not(leaf(field, ["$eq", operand], exactTest(operand))),
    $gt: (field, operand) =>
      leaf(
        field,
        ["$gt", operand],
        rangeTest(operand, (difference) => difference > 0),
      ),
    $gte: (field, operand) =>
      leaf(
        field,
        ["$gte", operand],
        rangeTest(operand, (difference) => difference >= 0),
      ),
    $lt: (field, operand) =>
      leaf(
        field,
        ["$lt", operand],
        rangeTest(operand, (difference) => difference < 0),
      ),
    $lte: (field, operand) =>
      leaf(
        field,
        ["$lte", operand],
        rangeTest(operand, (difference) => difference <= 0),
      ),
    $in: (field, operand) => leaf(field, ["$in", operand], inTest(operand)),
    $exists: (field, operand) => {
      const exists = leaf(field, ["$exists", true], existsTest);
      return isTrue(operand) ? exists : not(exists);
    },
    $not: (field, operand) => {
      if (!isOperators(operand)) throw new Fault(2, "$not needs a document of operators");
      return not({ kind: "and", parts: onField(field.name, operand) });
    },
    $size: (field, operand) => ({ ...leaf(field, ["$size", operand], sizeTest(operand)), expand: false }),
  },
);

function onField(name: string, value: Value): Filter[] {
  const field = { name, path: splitPath(name) };
  if (!isOperators(value)) return [leaf(field, ["$eq", value], exactTest(value))];
  return [...value].map(([op, operand]) => FIELD_OPERATORS.get(op)(field, operand));
}

function isOperators(value: Value): value is Doc {
  return value instanceof Doc && value.keys().next().value?.startsWith("$") === true;
}

function leaf(field: Field, [op, operand]: [op: string, operand: Value], test: Test): Leaf {
  return { kind: "leaf", ...field, op, operand, expand: true, test };
}

function not(part: Filter): Filter {
  return { kind: "not", part };
}
