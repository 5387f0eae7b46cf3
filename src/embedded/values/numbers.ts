import {
  addDecimals,
  compareDecimals,
  type Decimal,
  decimalOf,
  exactDecimal,
  multiplyDecimals,
  toDecimal128,
} from "./decimal.ts";
import { Int32, Opaque } from "./value.ts";

export type Numeric = number | bigint | Int32 | Opaque;

/** Exact comparison across all number types; NaN is below everything and equal to itself. */
export function compareNumbers(a: Numeric, b: Numeric): number {
  const left = plain(a);
  const right = plain(b);
  const leftNaN = isNaNValue(left);
  const rightNaN = isNaNValue(right);
  if (leftNaN || rightNaN) return Number(rightNaN) - Number(leftNaN);
  if (left instanceof Opaque || right instanceof Opaque) return compareDecimals(asExact(left), asExact(right));
  // JavaScript compares a bigint with a number by their exact values.
  return left < right ? -1 : left > right ? 1 : 0;
}

function plain(value: Numeric): number | bigint | Opaque {
  return value instanceof Int32 ? value.value : value;
}

export function isNaNValue(value: Numeric): boolean {
  if (value instanceof Opaque) return decimalOf(value).special === "nan";
  return typeof value === "number" && Number.isNaN(value);
}

export function asExact(value: Numeric): Decimal {
  const small = plain(value);
  if (small instanceof Opaque) return decimalOf(small);
  if (typeof small === "bigint" || Number.isSafeInteger(small)) return { coefficient: BigInt(small), exponent: 0 };
  return exactDecimal(small);
}

/** The value as a JavaScript number, for limits and positions; NaN when it has no exact integer form. */
export function toSafeInteger(value: Numeric): number {
  const small = plain(value);
  const number = small instanceof Opaque ? integerOf(decimalOf(small)) : Number(small);
  return Number.isSafeInteger(number) ? number : Number.NaN;
}

function integerOf(decimal: Decimal): number {
  return decimal.special ? Number.NaN : Number(`${decimal.coefficient}e${decimal.exponent}`);
}

type Kind = "add" | "subtract" | "multiply";

/**
 * Arithmetic with MongoDB's result types: the wider of the two, an int that overflows becomes a long.
 * Undefined when a long overflows: an update refuses that, an expression goes on with a double.
 */
export function calculate(kind: Kind, a: Numeric, b: Numeric): Numeric | undefined {
  if (a instanceof Opaque || b instanceof Opaque) return toDecimal128(decimalResult(kind, inDecimal(a), inDecimal(b)));
  const left = plain(a) as number | bigint;
  const right = plain(b) as number | bigint;
  if (typeof a === "number" || typeof b === "number") return doubleResult(kind, Number(left), Number(right));
  const exact = integerResult(kind, BigInt(left), BigInt(right));
  if (BigInt.asIntN(64, exact) !== exact) return undefined;
  if (a instanceof Int32 && b instanceof Int32 && BigInt.asIntN(32, exact) === exact) return new Int32(Number(exact));
  return exact;
}

/** As {@link calculate}, but a long that overflows goes on as a double. */
export function calculateWide(kind: Kind, a: Numeric, b: Numeric): Numeric {
  return calculate(kind, a, b) ?? doubleResult(kind, Number(plain(a)), Number(plain(b)));
}

function doubleResult(kind: Kind, a: number, b: number): number {
  if (kind === "multiply") return a * b;
  return kind === "add" ? a + b : a - b;
}

function integerResult(kind: Kind, a: bigint, b: bigint): bigint {
  if (kind === "multiply") return a * b;
  return kind === "add" ? a + b : a - b;
}

function decimalResult(kind: Kind, a: Decimal, b: Decimal): Decimal {
  if (kind === "multiply") return multiplyDecimals(a, b);
  return addDecimals(a, kind === "add" ? b : multiplyDecimals(b, { coefficient: -1n, exponent: 0 }));
}

/** MongoDB turns a double into a decimal with fifteen significant digits. */
function inDecimal(value: Numeric): Decimal {
  if (typeof value !== "number" || !Number.isFinite(value)) return asExact(value);
  const [digits = "0", exponent = "0"] = value.toExponential(14).split("e");
  const coefficient = BigInt(digits.replace(".", ""));
  return { coefficient, exponent: Number(exponent) - 14 };
}
