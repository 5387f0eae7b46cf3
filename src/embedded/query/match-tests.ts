import { Fault } from "../fault.ts";
import { compare, equal, typeOrder } from "../values/compare.ts";
import { encodeKey } from "../values/key.ts";
import { isNaNValue, toSafeInteger } from "../values/numbers.ts";
import { isArray, isNumeric, type Value } from "../values/value.ts";
import type { Test } from "./path.ts";

/** Tests equality; null also matches a missing field. */
export function exactTest(operand: Value): Test {
  if (operand === null) return (value) => value === undefined || value === null;
  return (value) => value !== undefined && equal(value, operand);
}

const FEW = 16;

export function inTest(operand: Value): Test {
  if (!isArray(operand)) throw new Fault(2, "$in needs an array");
  if (operand.length > FEW) return largeInTest(operand);
  const tests = operand.map(exactTest);
  return (value) => tests.some((test) => test(value));
}

/**
 * Tests membership; a long list is looked up by the key of the value, since equal values have equal keys.
 */
function largeInTest(operand: readonly Value[]): Test {
  const withNull = operand.includes(null);
  // Made on first use: where an index answers exactly, the test is never called.
  let keys: Set<string> | undefined;
  return (value) => {
    if (value === undefined) return withNull;
    keys ??= new Set(operand.map((one) => encodeKey([one]).toString("latin1")));
    return keys.has(encodeKey([value]).toString("latin1"));
  };
}

type Holds = (difference: number) => boolean;

/** Tests a range, within one type only. */
export function rangeTest(operand: Value, holds: Holds): Test {
  const order = typeOrder(operand);
  const withEqual = holds(0);
  if (operand === null) return (value) => withEqual && (value === undefined || value === null);
  if (isNumeric(operand) && isNaNValue(operand)) return (value) => withEqual && isNumeric(value) && isNaNValue(value);
  return (value) => {
    if (value === undefined || typeOrder(value) !== order) return false;
    return !(isNumeric(value) && isNaNValue(value)) && holds(compare(value, operand));
  };
}

export const existsTest: Test = (value) => value !== undefined;

export function isTrue(value: Value): boolean {
  if (value === null || value === false) return false;
  return !(isNumeric(value) && compare(value, 0) === 0);
}

export function sizeTest(operand: Value): Test {
  const size = isNumeric(operand) ? toSafeInteger(operand) : Number.NaN;
  if (!(size >= 0)) throw new Fault(9, "Failed to parse $size. Expected a non-negative number");
  return (value) => isArray(value) && value.length === size;
}
