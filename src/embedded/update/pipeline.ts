import { refuseOperator } from "../dialect.ts";
import { Fault } from "../fault.ts";
import { compileExpression, type Expression } from "../query/expression.ts";
import { splitPath } from "../query/path.ts";
import { type DateTime, Doc, isArray, type Value } from "../values/value.ts";
import type { Updater } from "./update.ts";

type Stage = (doc: Doc) => Doc;
type Tree = Map<string, Expression | Tree>;

/** An update that is a pipeline of `$set` and `$unset`: each stage sees the document as the one before left it. */
export function compilePipeline(source: readonly Value[], now: DateTime): Updater {
  const stages = source.map((stage) => compileStage(stage, now));
  return (doc) => stages.reduce((before, stage) => stage(before), doc);
}

function compileStage(stage: Value, now: DateTime): Stage {
  if (!(stage instanceof Doc) || stage.size !== 1) {
    throw new Fault(40323, "A pipeline stage specification object must contain exactly one field.");
  }
  const [[name, operand]] = stage as unknown as [[string, Value]];
  if (name === "$set") return compileSet(operand, now);
  if (name === "$unset") return compileUnset(operand);
  return refuseOperator("update stage", name);
}

function compileSet(operand: Value, now: DateTime): Stage {
  if (!(operand instanceof Doc)) throw new Fault(40272, "$set specification stage must be an object");
  const tree: Tree = new Map();
  for (const [name, value] of operand) grow(tree, splitPath(name), value, now);
  return (doc) => apply(tree, doc, doc);
}

/** An object that is no expression names fields inside: it merges with what is there. */
function grow(tree: Tree, path: readonly string[], value: Value, now: DateTime): void {
  let node = tree;
  for (const part of path.slice(0, -1)) node = branch(node, part, path);
  const last = path.at(-1)!;
  if (last.startsWith("$")) throw new Fault(16410, `FieldPath field names may not start with '$': ${last}`);
  const isBranch = value instanceof Doc && value.size > 0 && ![...value.keys()][0]!.startsWith("$");
  if (isBranch) {
    const inner = branch(node, last, path);
    for (const [key, part] of value) grow(inner, splitPath(key), part, now);
    return;
  }
  if (node.has(last)) throw new Fault(40176, `specification contains two conflicting paths: ${path.join(".")}`);
  node.set(last, compileExpression(value, now));
}

function branch(node: Tree, part: string, path: readonly string[]): Tree {
  const next = node.get(part) ?? new Map();
  if (!(next instanceof Map)) throw new Fault(40176, `specification contains two conflicting paths: ${path.join(".")}`);
  node.set(part, next);
  return next;
}

function apply(tree: Tree, node: Doc, root: Doc): Doc {
  const made = new Doc(node);
  for (const [key, next] of tree) {
    const value = next instanceof Map ? inside(next, node.get(key), root) : next(root);
    if (value === undefined) made.delete(key);
    else made.set(key, value);
  }
  return made;
}

function inside(tree: Tree, value: Value | undefined, root: Doc): Value {
  if (isArray(value)) return value.map((item) => inside(tree, item, root));
  return apply(tree, value instanceof Doc ? value : new Doc(), root);
}

function compileUnset(operand: Value): Stage {
  const names = isArray(operand) ? operand : [operand];
  const paths = names.map((name) => {
    if (typeof name !== "string")
      throw new Fault(31002, "$unset specification must be a string or an array of strings");
    if (name.startsWith("$")) throw new Fault(16410, `FieldPath field names may not start with '$': ${name}`);
    return splitPath(name);
  });
  return (doc) => paths.reduce((before, path) => without(before, path), doc);
}

function without(node: Doc, path: readonly string[]): Doc {
  const [key, ...rest] = path as [string, ...string[]];
  const made = new Doc(node);
  const value = node.get(key);
  if (rest.length === 0) made.delete(key);
  else if (value !== undefined) made.set(key, withoutInside(value, rest));
  return made;
}

function withoutInside(value: Value, path: readonly string[]): Value {
  if (value instanceof Doc) return without(value, path);
  return isArray(value) ? value.map((item) => withoutInside(item, path)) : value;
}
