import { Fault } from "../fault.ts";
import { type Doc, isArray, type Value } from "../values/value.ts";
import { isDynamic, updatePath } from "./paths.ts";
import { createSlot, findSlot, put, read, remove, type Slot } from "./target.ts";
import type { Step } from "./update.ts";

/** Moves a value; neither end may be inside an array. */
export function renameSteps(name: string, operand: Value): Step[] {
  if (typeof operand !== "string") throw new Fault(2, `The 'to' field for $rename must be a string: ${name}`);
  if (name === operand) throw new Fault(2, `The source and target field for $rename must differ: ${name}`);
  const source = updatePath(name);
  const target = updatePath(operand);
  if (isDynamic([...source, ...target]))
    throw new Fault(2, `The source and target field for $rename must not be dynamic: ${name}`);
  const act = (doc: Doc) => {
    const from = throughDocs(doc, source);
    const value = from && read(from);
    if (!from || value === undefined) return;
    remove(from);
    const to = createSlot(doc, target);
    if (isArray(to.parent)) throw new Fault(2, `The destination field cannot be an array element: '${operand}'`);
    put(to, value);
  };
  // The source stands in the list for the check of conflicts only.
  return [
    { path: source, act: () => {} },
    { path: target, act },
  ];
}

function throughDocs(doc: Doc, path: readonly string[]): Slot | undefined {
  for (let i = 1; i <= path.length; i++) {
    const slot = findSlot(doc, path.slice(0, i));
    if (slot && isArray(slot.parent))
      throw new Fault(2, `The source field cannot be an array element: '${path.join(".")}'`);
  }
  return findSlot(doc, path);
}
