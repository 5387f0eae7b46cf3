import { Int32 } from "./value.ts";

export type Numeric = number | bigint | Int32;

/** Compares numbers of all types exactly; NaN is below everything and equal to itself. */
export function compareNumbers(a: Numeric, b: Numeric): number {
  const left = plain(a);
  const right = plain(b);
  const leftNaN = isNaNValue(left);
  const rightNaN = isNaNValue(right);
  if (leftNaN || rightNaN) return Number(rightNaN) - Number(leftNaN);
  // JavaScript compares a bigint with a number by their exact values.
  return left < right ? -1 : left > right ? 1 : 0;
}

function plain(value: Numeric): number | bigint {
  return value instanceof Int32 ? value.value : value;
}

export function isNaNValue(value: Numeric): boolean {
  return typeof value === "number" && Number.isNaN(value);
}

/** Converts to a JavaScript number, for limits and positions; NaN when it is no safe integer. */
export function toSafeInteger(value: Numeric): number {
  const number = Number(plain(value));
  return Number.isSafeInteger(number) ? number : Number.NaN;
}

/**
 * Adds in the wider of the two types; an int that overflows becomes a long. Undefined when a long
 * overflows.
 */
export function add(a: Numeric, b: Numeric): Numeric | undefined {
  const left = plain(a);
  const right = plain(b);
  if (typeof a === "number" || typeof b === "number") return Number(left) + Number(right);
  const exact = BigInt(left) + BigInt(right);
  if (BigInt.asIntN(64, exact) !== exact) return undefined;
  if (a instanceof Int32 && b instanceof Int32 && BigInt.asIntN(32, exact) === exact) return new Int32(Number(exact));
  return exact;
}
