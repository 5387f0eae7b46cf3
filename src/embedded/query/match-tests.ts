import { Fault } from "../fault.ts";
import { compare, equal, typeOrder } from "../values/compare.ts";
import { encodeKey } from "../values/key.ts";
import { isNaNValue, toSafeInteger } from "../values/numbers.ts";
import { isArray, isNumeric, TYPE, typeOf, type Value } from "../values/value.ts";
import type { Test } from "./path.ts";
import { isRegex, regexTest } from "./regex.ts";

/** `$eq`: null also means missing. */
export function exactTest(operand: Value): Test {
  if (operand === null) return (value) => value === undefined || value === null;
  return (value) => value !== undefined && equal(value, operand);
}

/** As {@link exactTest}, and a regular expression also means what it matches: so in `$in`, `$all` and `$pull`. */
export function equalTest(operand: Value): Test {
  if (isRegex(operand)) {
    const matches = regexTest(operand);
    return (value) => value !== undefined && (matches(value) || (isRegex(value) && equal(value, operand)));
  }
  return exactTest(operand);
}

export function inTest(operand: Value, operator: string): Test {
  if (!isArray(operand)) throw new Fault(2, `${operator} needs an array`);
  if (operand.length > FEW) return largeInTest(operand);
  const tests = operand.map(equalTest);
  return (value) => tests.some((test) => test(value));
}

const FEW = 16;

/** A long list is looked up by the key of the value: equal values have equal keys. */
function largeInTest(operand: readonly Value[]): Test {
  const special = operand.filter((value) => value === null || isRegex(value)).map(equalTest);
  // Where an index answers alone nobody asks.
  let keys: Set<string> | undefined;
  return (value) => {
    if (special.some((test) => test(value))) return true;
    keys ??= new Set(operand.map((one) => encodeKey([one]).toString("latin1")));
    return value !== undefined && keys.has(encodeKey([value]).toString("latin1"));
  };
}

type Holds = (difference: number) => boolean;

/** Ranges compare within one type only; MinKey and MaxKey compare with everything. */
export function rangeTest(operand: Value, holds: Holds): Test {
  if (isRegex(operand)) throw new Fault(2, "Can't have RegEx as arg to predicate over field");
  const order = typeOrder(operand);
  const withEqual = holds(0);
  if (operand === null) return (value) => withEqual && (value === undefined || value === null);
  if (isNumeric(operand) && isNaNValue(operand)) return (value) => withEqual && isNumeric(value) && isNaNValue(value);
  const anyType = order === 127 || order === -1;
  return (value) => {
    if (value === undefined || !(anyType || typeOrder(value) === order)) return false;
    if (isNumeric(value) && isNaNValue(value)) return anyType;
    return holds(compare(value, operand));
  };
}

export function existsTest(operand: Value): Test {
  const wanted = isTrue(operand);
  return (value) => (value !== undefined) === wanted;
}

export function isTrue(value: Value): boolean {
  if (value === null || value === false) return false;
  return !(isNumeric(value) && compare(value, 0) === 0);
}

export function sizeTest(operand: Value): Test {
  const size = isNumeric(operand) ? toSafeInteger(operand) : Number.NaN;
  if (Number.isNaN(size)) throw new Fault(9, "Failed to parse $size. Expected a number");
  if (size < 0) throw new Fault(9, "Failed to parse $size. Expected a non-negative number");
  return (value) => isArray(value) && value.length === size;
}

const ALIASES: Readonly<Record<string, readonly number[]>> = {
  ...Object.fromEntries(Object.entries(TYPE).map(([name, type]) => [name, [type]])),
  number: [TYPE.double, TYPE.int, TYPE.long, TYPE.decimal],
};

export function typeTest(operand: Value): Test {
  const wanted = new Set((isArray(operand) ? operand : [operand]).flatMap(typesNamed));
  return (value) => value !== undefined && wanted.has(typeOf(value));
}

function typesNamed(name: Value): readonly number[] {
  if (typeof name === "string" && Object.hasOwn(ALIASES, name)) return ALIASES[name]!;
  if (!isNumeric(name)) throw new Fault(2, `Unknown type name alias: ${String(name)}`);
  const code = toSafeInteger(name);
  const type = code === -1 ? TYPE.minKey : code;
  if (!Object.values(TYPE).some((known) => known === type)) throw new Fault(2, `Invalid numerical type code: ${code}`);
  return [type];
}
