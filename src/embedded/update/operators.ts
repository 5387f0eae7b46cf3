import { Fault } from "../fault.ts";
import { compileFilter } from "../query/filter.ts";
import { matches } from "../query/matches.ts";
import { firstOrLast } from "../query/projection.ts";
import { Registry } from "../registry.ts";
import { add, toSafeInteger } from "../values/numbers.ts";
import { Doc, isArray, isNumeric, typeName, type Value } from "../values/value.ts";
import { createSlot, findSlot } from "./paths.ts";

/** Changes the field at `path` of the document in place. */
export type Act = (doc: Doc, path: readonly string[], inserting: boolean) => void;
/** Computes a field's new value from the old one; undefined: there is no such field. */
type Change = (current: Value | undefined, path: readonly string[]) => Value;

export const UPDATE_OPERATORS = new Registry<(operand: Value) => Act>(
  "update",
  { code: 9, words: "Unknown modifier" },
  {
    $set: (operand) => making(() => operand),
    $setOnInsert: (operand) => {
      const set = making(() => operand);
      return (doc, path, inserting) => inserting && set(doc, path, inserting);
    },
    $unset: () => (doc, path) => {
      const slot = findSlot(doc, path);
      slot?.parent.delete(slot.key);
    },
    $inc: (operand) => making(increment(operand)),
    $push: (operand) => making(push(operand)),
    $pull: (operand) => pull(operand),
  },
);

/** Creates the field, and missing documents on the way to it. */
function making(change: Change): Act {
  return (doc, path) => {
    const { parent, key } = createSlot(doc, path);
    parent.set(key, change(parent.get(key), path));
  };
}

function increment(by: Value): Change {
  if (!isNumeric(by)) throw new Fault(14, `Cannot increment with non-numeric argument: ${typeName(by)}`);
  return (current, path) => {
    if (current === undefined) return by;
    const name = path.join(".");
    if (!isNumeric(current))
      throw new Fault(14, `Cannot apply $inc to the field '${name}', which is of type ${typeName(current)}`);
    const sum = add(current, by);
    if (sum === undefined) throw new Fault(2, `Failed to apply $inc: the long at '${name}' overflows`);
    return sum;
  };
}

type Pushed = { values: readonly Value[]; keep: (items: Value[]) => Value[] };

/** Modifiers of `$push` beside `$each`. */
export const PUSH_MODIFIERS = new Registry<(pushed: Pushed, operand: Value) => Pushed>(
  "push",
  { code: 2, words: "Unrecognized clause in $push" },
  {
    $each: (pushed, operand) => {
      if (!isArray(operand)) throw new Fault(2, "The argument to $each in $push must be an array");
      return { ...pushed, values: operand };
    },
    $slice: (pushed, operand) => {
      const limit = isNumeric(operand) ? toSafeInteger(operand) : Number.NaN;
      if (Number.isNaN(limit)) throw new Fault(2, "The value for $slice must be an integer value");
      return { ...pushed, keep: (items) => firstOrLast(items, limit) };
    },
  },
);

function push(operand: Value): Change {
  let pushed: Pushed = { values: [operand], keep: (items) => items };
  if (operand instanceof Doc && operand.has("$each"))
    for (const [name, value] of operand) pushed = PUSH_MODIFIERS.get(name)(pushed, value);
  return (current = [], path) => {
    if (isArray(current)) return pushed.keep([...current, ...pushed.values]);
    throw new Fault(2, `The field '${path.join(".")}' must be an array but is of type ${typeName(current)}`);
  };
}

/** Removes from an array the documents that match the conditions. */
function pull(operand: Value): Act {
  if (!(operand instanceof Doc)) throw new Fault(2, "$pull takes conditions on the fields of elements");
  const filter = compileFilter(operand);
  return (doc, path) => {
    const slot = findSlot(doc, path);
    const items = slot?.parent.get(slot.key);
    if (!slot || items === undefined) return;
    if (!isArray(items)) throw new Fault(2, `Cannot apply $pull to a non-array value at '${path.join(".")}'`);
    const kept = items.filter((item) => !(item instanceof Doc && matches(filter, item)));
    slot.parent.set(slot.key, kept);
  };
}
