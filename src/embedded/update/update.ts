import { Fault } from "../fault.ts";
import { equal } from "../values/compare.ts";
import { Doc, type Value } from "../values/value.ts";
import { type Act, UPDATE_OPERATORS } from "./operators.ts";
import { checkConflicts, comparePaths, updatePath } from "./paths.ts";

/** Changes the document in place and returns it. `inserting`: the document is new, from an upsert. */
export type Updater = (doc: Doc, inserting: boolean) => Doc;
type Step = { path: readonly string[]; act: Act };

/** Compiles the `u` of an update: a document of operators. */
export function compileUpdate(update: Value): Updater {
  if (!(update instanceof Doc)) throw new Fault(9, "an update is a document of operators in the dialect");
  const steps: Step[] = [];
  for (const [op, fields] of update) {
    const make = UPDATE_OPERATORS.get(op);
    if (!(fields instanceof Doc)) throw new Fault(9, `Modifiers operate on fields but we found another type for ${op}`);
    for (const [name, operand] of fields) steps.push({ path: updatePath(name), act: make(operand) });
  }
  steps.sort((a, b) => comparePaths(a.path, b.path));
  checkConflicts(steps.map((step) => step.path));
  return (doc, inserting) => {
    for (const { act, path } of steps) act(doc, path, inserting);
    return doc;
  };
}

/** Throws where the update has changed the `_id`. */
export function checkSameId(before: Value | undefined, after: Doc): void {
  const id = after.get("_id");
  if (before === undefined || (id !== undefined && equal(before, id))) return;
  throw new Fault(66, "Performing an update on the path '_id' would modify the immutable field '_id'");
}
