import { refuseOperator } from "../dialect.ts";
import { Fault } from "../fault.ts";
import { type DateTime, Doc, isArray, type Value } from "../values/value.ts";
import { compileExpression, type Expression } from "./expression.ts";
import { exactTest, existsTest, inTest, isTrue, rangeTest, sizeTest, typeTest } from "./match-tests.ts";
import { matches } from "./matches.ts";
import { splitPath, type Test } from "./path.ts";
import { compiledTest, isRegex } from "./regex.ts";

export type Leaf = {
  kind: "leaf";
  name: string;
  path: readonly string[];
  op: string;
  operand: Value;
  expand: boolean;
  test: Test;
};

/** A filter as a tree; what may use an index stands in leaves under `and`. */
export type Filter =
  | Leaf
  | { kind: "and" | "or" | "nor"; parts: readonly Filter[] }
  | { kind: "not"; part: Filter }
  | { kind: "expr"; expression: Expression };

const LOGICAL: Readonly<Record<string, "and" | "or" | "nor">> = { $and: "and", $or: "or", $nor: "nor" };

/** `now` is what `$$NOW` means; a filter without it (inside `$elemMatch`, in an index) takes no `$expr`. */
export function compileFilter(filter: Doc, now?: DateTime): Filter {
  const parts: Filter[] = [];
  for (const [key, value] of filter)
    parts.push(...(key.startsWith("$") ? [topLevel(key, value, now)] : onField(key, value)));
  return parts.length === 1 ? parts[0]! : { kind: "and", parts };
}

function topLevel(key: string, value: Value, now?: DateTime): Filter {
  if (key === "$expr") {
    if (!now) throw new Fault(2, "$expr can only be applied to the top-level document");
    return { kind: "expr", expression: compileExpression(value, now) };
  }
  const kind = LOGICAL[key];
  if (!kind) return refuseOperator("top level operator", key);
  if (!isArray(value) || value.length === 0) throw new Fault(2, `${key} must be a nonempty array`);
  return {
    kind,
    parts: value.map((part) => compileFilter(docOnly(part, `${key} entries need to be full objects`), now)),
  };
}

function docOnly(value: Value, message: string): Doc {
  if (!(value instanceof Doc)) throw new Fault(2, message);
  return value;
}

export function isOperators(value: Value): value is Doc {
  if (!(value instanceof Doc)) return false;
  const first = value.keys().next().value;
  return first?.startsWith("$") === true && first !== "$ref" && first !== "$id" && first !== "$db";
}

function onField(name: string, value: Value): Filter[] {
  const path = splitPath(name);
  if (isRegex(value)) return [regexLeaf({ name, path }, value, undefined)];
  if (!isOperators(value)) return [leaf({ name, path }, "$eq", value)];
  if (value.has("$options") && !value.has("$regex")) throw new Fault(2, "$options needs a $regex");
  const parts: Filter[] = [];
  for (const [op, operand] of value) {
    if (op === "$options") continue;
    parts.push(
      op === "$regex"
        ? regexLeaf({ name, path }, operand, value.get("$options"))
        : operator({ name, path }, op, operand),
    );
  }
  return parts;
}

type Field = { name: string; path: readonly string[] };

const TESTS: Readonly<Record<string, (operand: Value, op: string) => Test>> = {
  $eq: exactTest,
  $gt: (operand) => rangeTest(operand, (difference) => difference > 0),
  $gte: (operand) => rangeTest(operand, (difference) => difference >= 0),
  $lt: (operand) => rangeTest(operand, (difference) => difference < 0),
  $lte: (operand) => rangeTest(operand, (difference) => difference <= 0),
  $in: inTest,
  $exists: existsTest,
  $type: typeTest,
  $size: sizeTest,
};

function leaf(field: Field, op: string, operand: Value): Leaf {
  const test = TESTS[op]!(operand, op);
  return { kind: "leaf", ...field, op, operand, expand: op !== "$size", test };
}

function operator(field: Field, op: string, operand: Value): Filter {
  // "Missing" is the opposite of "there is one anywhere", which matters inside arrays.
  if (op === "$exists" && !isTrue(operand)) return not(leaf(field, "$exists", true));
  if (TESTS[op]) return leaf(field, op, operand);
  if (op === "$ne") {
    if (isRegex(operand)) throw new Fault(2, "Can't have regex as arg to $ne.");
    return not(leaf(field, "$eq", operand));
  }
  if (op === "$nin") return not({ ...leaf(field, "$in", operand), test: inTest(operand, "$nin") });
  if (op === "$not") return not(negated(field, operand));
  if (op === "$elemMatch") return elemMatch(field, operand);
  if (op === "$all") return all(field, operand);
  return refuseOperator("operator", op);
}

function not(part: Filter): Filter {
  return { kind: "not", part };
}

function negated(field: Field, operand: Value): Filter {
  if (isRegex(operand)) return regexLeaf(field, operand, undefined);
  if (!isOperators(operand)) throw new Fault(2, "$not needs a regex or a document");
  return { kind: "and", parts: onField(field.name, operand) };
}

function regexLeaf(field: Field, pattern: Value, options: Value | undefined): Leaf {
  if (options !== undefined && typeof options !== "string") throw new Fault(2, "$options has to be a string");
  return { kind: "leaf", ...field, op: "$regex", operand: pattern, expand: true, test: regexOperand(pattern, options) };
}

function regexOperand(pattern: Value, options: string | undefined): Test {
  if (typeof pattern === "string") return compiledTest(pattern, options ?? "");
  if (!isRegex(pattern)) throw new Fault(2, "$regex has to be a string");
  if (options === undefined) return inTest([pattern], "$regex");
  return compiledTest(pattern.bytes.toString("utf8").split("\0")[0]!, options);
}

function all(field: Field, operand: Value): Filter {
  if (!isArray(operand)) throw new Fault(2, "$all needs an array");
  if (operand.length === 0) return { kind: "or", parts: [] };
  const parts = operand.map((item) => {
    if (isRegex(item)) return regexLeaf(field, item, undefined);
    if (!isOperators(item)) return leaf(field, "$eq", item);
    const [op] = item.keys();
    if (op !== "$elemMatch") throw new Fault(2, "no $ expressions in $all");
    return elemMatch(field, item.get("$elemMatch")!);
  });
  return { kind: "and", parts };
}

function elemMatch(field: Field, operand: Value): Leaf {
  const test = elementTest(docOnly(operand, "$elemMatch needs an Object"));
  const anyElement: Test = (value) => isArray(value) && value.some(test);
  return { kind: "leaf", ...field, op: "$elemMatch", operand, expand: false, test: anyElement };
}

/** What `$elemMatch` asks of one element: conditions on the element itself, or a filter on its fields. */
export function elementTest(operand: Doc): Test {
  const [first] = operand.keys();
  if (first?.startsWith("$") && !LOGICAL[first] && first !== "$expr") {
    const condition: Filter = { kind: "and", parts: onField("element", operand) };
    // The element is not entered: an inner array is compared as a whole.
    return (value) => value !== undefined && matchesElement(condition, value);
  }
  const filter = compileFilter(operand);
  return (value) => {
    // An element that is an array counts as a document whose fields are its positions.
    const doc = isArray(value) ? new Doc(value.map((item, i) => [String(i), item])) : value;
    return doc instanceof Doc && matches(filter, doc);
  };
}

function matchesElement(filter: Filter, element: Value): boolean {
  if (filter.kind === "leaf") return filter.test(element);
  if (filter.kind === "not") return !matchesElement(filter.part, element);
  if (filter.kind === "expr") return false;
  if (filter.kind === "and") return filter.parts.every((part) => matchesElement(part, element));
  return filter.parts.some((part) => matchesElement(part, element)) === (filter.kind === "or");
}
