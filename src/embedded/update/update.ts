import { refuseOperator } from "../dialect.ts";
import { Fault } from "../fault.ts";
import type { Filter } from "../query/filter.ts";
import { equal } from "../values/compare.ts";
import { type DateTime, Doc, isArray, type Value } from "../values/value.ts";
import { checkFiltersUsed, compileArrayFilters } from "./array-filters.ts";
import { OPERATORS } from "./operators.ts";
import { checkConflicts, comparePaths, isDynamic, updatePath } from "./paths.ts";
import { compilePipeline } from "./pipeline.ts";
import { renameSteps } from "./rename.ts";
import { createSlot, expandPath, findSlot, put, read, remove } from "./target.ts";

/** Gives the changed document; the one that it gets is used up. */
export type Updater = (doc: Doc, filter: Filter, inserting: boolean) => Doc;
/** One change at one path; `act` gets the path without placeholders. */
export type Step = { path: readonly string[]; act: (doc: Doc, path: readonly string[], inserting: boolean) => void };

export type UpdateSource = { update: Value; arrayFilters: Value | undefined; now: DateTime };

/** From the `u` of an update: operators, a pipeline, or a whole document. */
export function compileUpdate({ update, arrayFilters, now }: UpdateSource): Updater {
  const filters = compileArrayFilters(arrayFilters, now);
  if (isArray(update)) {
    checkFiltersUsed(filters, []);
    return compilePipeline(update, now);
  }
  if (!(update instanceof Doc)) throw new Fault(9, "Update argument must be either an object or an array");
  if (!isOperatorUpdate(update)) return replacement(update);
  const steps = compileSteps(update, now);
  const paths = steps.map((step) => step.path);
  checkConflicts(paths);
  checkFiltersUsed(filters, paths);
  return (doc, filter, inserting) => {
    const context = { filter, inserting, arrayFilters: filters };
    // All placeholders first: a change must not alter what the next one means.
    const targets = paths.map((path) => (isDynamic(path) ? expandPath(doc, path, context) : [path]));
    for (const [i, step] of steps.entries()) for (const path of targets[i]!) step.act(doc, path, inserting);
    return doc;
  };
}

export function isOperatorUpdate(update: Value): boolean {
  if (isArray(update)) return true;
  const first = update instanceof Doc ? update.keys().next().value : undefined;
  return first?.startsWith("$") === true;
}

function replacement(update: Doc): Updater {
  const dollar = [...update.keys()].find((key) => key.startsWith("$"));
  if (dollar) throw new Fault(52, `The dollar ($) prefixed field '${dollar}' is not allowed in a replacement document`);
  return (doc) => {
    const id = update.get("_id") ?? doc.get("_id");
    const rest = [...update].filter(([key]) => key !== "_id");
    return new Doc(id === undefined ? rest : [["_id", id], ...rest]);
  };
}

function compileSteps(update: Doc, now: DateTime): Step[] {
  const steps: Step[] = [];
  for (const [op, fields] of update) {
    if (op !== "$rename" && op !== "$unset" && !OPERATORS[op]) refuseOperator("update", op);
    if (!(fields instanceof Doc)) throw new Fault(9, `Modifiers operate on fields but we found another type for ${op}`);
    for (const [name, operand] of fields) steps.push(...compileStep(op, { name, operand, now }));
  }
  return steps.sort((a, b) => comparePaths(a.path, b.path));
}

function compileStep(op: string, { name, operand, now }: { name: string; operand: Value; now: DateTime }): Step[] {
  if (op === "$rename") return renameSteps(name, operand);
  const path = updatePath(name);
  if (op === "$unset") return [{ path, act: unset }];
  const { creates, make } = OPERATORS[op]!;
  const change = make(operand, now);
  const act: Step["act"] = (doc, concrete, inserting) => {
    if (op === "$setOnInsert" && !inserting) return;
    const slot = creates ? createSlot(doc, concrete) : findSlot(doc, concrete);
    const value = slot && change(read(slot), concrete.join("."));
    if (slot && value !== undefined) put(slot, value);
  };
  return [{ path, act }];
}

function unset(doc: Doc, path: readonly string[]): void {
  const slot = findSlot(doc, path);
  if (slot) remove(slot);
}

/** The `_id` never changes. */
export function checkSameId(before: Value | undefined, after: Doc): void {
  const id = after.get("_id");
  if (before === undefined || (id !== undefined && equal(before, id))) return;
  throw new Fault(66, "Performing an update on the path '_id' would modify the immutable field '_id'");
}
