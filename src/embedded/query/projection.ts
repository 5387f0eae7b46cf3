import { Fault } from "../fault.ts";
import { Registry } from "../registry.ts";
import { toSafeInteger } from "../values/numbers.ts";
import { Doc, isArray, isNumeric, type Value } from "../values/value.ts";
import { isTrue } from "./match-tests.ts";

export type Projection = (doc: Doc) => Doc;
type Shown = (value: Value) => Value;

const whole: Shown = (value) => value;

/**
 * Compiles a projection: the document with the named fields and `_id`, in the order of the document.
 * Undefined: the whole document.
 */
export function compileProjection(spec: Doc | undefined): Projection | undefined {
  if (!spec || spec.size === 0) return undefined;
  const shown = new Map([...spec].map(([name, value]) => [name, compileField(name, value)]));
  if (![...shown.values()].includes(whole)) throw new Fault(31252, "a projection must name a field to show");
  if (!shown.has("_id")) shown.set("_id", whole);
  return (doc) => {
    const made = new Doc();
    for (const [key, value] of doc) {
      const show = shown.get(key);
      if (show) made.set(key, show(value));
    }
    return made;
  };
}

function compileField(name: string, value: Value): Shown {
  if (name.includes(".") || name.startsWith("$"))
    throw new Fault(16410, `a projection shows whole fields, not ${name}`);
  if (value instanceof Doc) {
    const [op = ""] = value.keys();
    const compile = PROJECTION_OPERATORS.get(op);
    if (value.size === 1) return compile(value.get(op)!);
  } else if ((isNumeric(value) || value === true) && isTrue(value)) return whole;
  throw new Fault(31252, `a projection names what is to be shown: ${name}`);
}

export const PROJECTION_OPERATORS = new Registry<(operand: Value) => Shown>(
  "projection",
  { code: 31325, words: "Unknown expression" },
  {
    $slice: (operand) => {
      const limit = isNumeric(operand) ? toSafeInteger(operand) : Number.NaN;
      if (Number.isNaN(limit)) throw new Fault(28667, "$slice needs a number");
      return (value) => (isArray(value) ? firstOrLast(value, limit) : value);
    },
  },
);

/** Takes that many of the first elements; of the last when negative. */
export function firstOrLast(items: readonly Value[], limit: number): Value[] {
  return limit < 0 ? items.slice(limit) : items.slice(0, limit);
}
