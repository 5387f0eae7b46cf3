import { refuseOperator } from "../dialect.ts";
import { Fault } from "../fault.ts";
import { toSafeInteger } from "../values/numbers.ts";
import { Doc, isArray, isNumeric, type Value } from "../values/value.ts";
import { elementTest } from "./filter.ts";
import { isTrue } from "./match-tests.ts";
import { splitPath, type Test } from "./path.ts";

export type Projection = (doc: Doc) => Doc;

type Rule = { children: Map<string, Rule>; keep?: boolean; cut?: (items: readonly Value[]) => Value[]; first?: Test };
type Mode = "include" | "exclude";
type Parsed = { root: Rule; mode: Mode | undefined; keepId: boolean | undefined };

/** Inclusion or exclusion, `$slice` and `$elemMatch` in either. The fields stay in the document's order. */
export function compileProjection(spec: Doc | undefined): Projection | undefined {
  if (!spec || spec.size === 0) return undefined;
  const parsed: Parsed = { root: rule(), mode: undefined, keepId: undefined };
  for (const [name, value] of spec) addField(parsed, name, value);
  const mode = parsed.mode ?? (parsed.keepId === true ? "include" : "exclude");
  if (parsed.keepId === false) parsed.root.children.set("_id", { ...rule(), keep: false });
  if (parsed.keepId !== false && mode === "include") parsed.root.children.set("_id", { ...rule(), keep: true });
  return (doc) => project(parsed.root, mode, doc);
}

function rule(): Rule {
  return { children: new Map() };
}

function addField(parsed: Parsed, name: string, value: Value): void {
  if (name.startsWith("$")) throw new Fault(16410, `FieldPath field names may not start with '$': ${name}`);
  const path = splitPath(name);
  if (path.at(-1) === "$") throw new Fault(31395, "a positional projection is not in the dialect");
  if (value instanceof Doc) {
    addOperator(parsed, path, value);
    return;
  }
  if (typeof value === "string" || !(isNumeric(value) || typeof value === "boolean")) {
    throw new Fault(31252, `a computed field in a projection is not in the dialect: ${name}`);
  }
  const keep = isTrue(value);
  if (name === "_id") {
    parsed.keepId = keep;
    return;
  }
  setMode(parsed, keep ? "include" : "exclude", name);
  at(parsed.root, path, name).keep = keep;
}

function setMode(parsed: Parsed, mode: Mode, name: string): void {
  if (parsed.mode && parsed.mode !== mode) {
    const [code, word, other] =
      mode === "exclude" ? [31254, "exclusion", "inclusion"] : [31253, "inclusion", "exclusion"];
    throw new Fault(code as number, `Cannot do ${word} on field ${name} in ${other} projection`);
  }
  parsed.mode = mode;
}

function at(root: Rule, path: readonly string[], name: string): Rule {
  let node = root;
  path.forEach((part, i) => {
    const next = node.children.get(part) ?? rule();
    const taken = isEnd(next) || (i === path.length - 1 && next.children.size > 0);
    if (taken) throw new Fault(31249, `Path collision at ${name}`);
    node.children.set(part, next);
    node = next;
  });
  return node;
}

function isEnd(node: Rule): boolean {
  return node.keep !== undefined || node.cut !== undefined || node.first !== undefined;
}

function addOperator(parsed: Parsed, path: readonly string[], spec: Doc): void {
  const [op = ""] = spec.keys();
  const name = path.join(".");
  if (spec.size !== 1) throw new Fault(31252, `a computed field in a projection is not in the dialect: ${name}`);
  const operand = spec.get(op)!;
  if (op === "$slice") {
    at(parsed.root, path, name).cut = slicer(operand);
    return;
  }
  if (op !== "$elemMatch") refuseOperator("projection", op);
  if (path.length > 1) throw new Fault(31275, `Cannot use $elemMatch projection on a nested field: ${name}`);
  if (!(operand instanceof Doc)) throw new Fault(31274, "elemMatch: Invalid argument, object required");
  setMode(parsed, "include", name);
  at(parsed.root, path, name).first = elementTest(operand);
}

function slicer(operand: Value): (items: readonly Value[]) => Value[] {
  const [skip, limit] = (isArray(operand) ? operand : [null, operand]).map((value) =>
    isNumeric(value) ? toSafeInteger(value) : value === null ? Number.NaN : undefined,
  );
  if (skip === undefined || limit === undefined || Number.isNaN(limit))
    throw new Fault(28667, "$slice needs a number or two");
  if (Number.isNaN(skip)) return (items) => (limit < 0 ? items.slice(limit) : items.slice(0, limit));
  if (limit <= 0) throw new Fault(28729, "the second number of $slice must be positive");
  return (items) => {
    const start = skip < 0 ? Math.max(0, items.length + skip) : skip;
    return items.slice(start, start + limit);
  };
}

function project(node: Rule, mode: Mode, doc: Doc): Doc {
  const made = new Doc();
  for (const [key, value] of doc) {
    const next = node.children.get(key);
    const kept = next ? projectValue(next, mode, value) : mode === "exclude" ? value : undefined;
    if (kept !== undefined) made.set(key, kept);
  }
  return made;
}

function projectValue(node: Rule, mode: Mode, value: Value): Value | undefined {
  if (node.keep !== undefined) return node.keep ? value : undefined;
  if (node.cut) return isArray(value) ? node.cut(value) : value;
  if (node.first) return firstMatch(node.first, value);
  if (value instanceof Doc) return project(node, mode, value);
  if (!isArray(value)) return mode === "exclude" ? value : undefined;
  return value.flatMap((item) => {
    const kept =
      item instanceof Doc || isArray(item) || mode === "exclude" ? projectValue(node, mode, item) : undefined;
    return kept === undefined ? [] : [kept];
  });
}

function firstMatch(test: Test, value: Value): Value | undefined {
  if (!isArray(value)) return undefined;
  const found = value.find((item) => test(item));
  return found === undefined ? undefined : [found];
}
