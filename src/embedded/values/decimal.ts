import { Opaque, TYPE } from "./value.ts";

/** An exact decimal number: coefficient × 10^exponent (the coefficient carries the sign), or one of the special values. */
export type Decimal = { coefficient: bigint; exponent: number; special?: "nan" | "inf" | "-inf" };

const DIGITS = 34;
const BIAS = 6176;
const MAX_EXPONENT = 6111;
const LARGEST = 10n ** 34n - 1n;
const NAN: Decimal = { coefficient: 0n, exponent: 0, special: "nan" };

/** Reads Decimal128 in its binary integer form (IEEE 754-2008, BID). */
export function decimalOf(value: Opaque): Decimal {
  const low = value.bytes.readBigUInt64LE(0);
  const high = value.bytes.readBigUInt64LE(8);
  const negative = high >> 63n === 1n;
  const top = (high >> 58n) & 0x1fn;
  if (top === 0x1fn) return NAN;
  if (top === 0x1en) return { coefficient: 0n, exponent: 0, special: negative ? "-inf" : "inf" };
  // A coefficient with the leading bits 11 would exceed 34 digits: such a form is not canonical and means zero.
  if (top >> 3n === 3n) return { coefficient: 0n, exponent: Number((high >> 47n) & 0x3fffn) - BIAS };
  const coefficient = ((high & ((1n << 49n) - 1n)) << 64n) | low;
  const exponent = Number((high >> 49n) & 0x3fffn) - BIAS;
  if (coefficient > LARGEST) return { coefficient: 0n, exponent };
  return { coefficient: negative ? -coefficient : coefficient, exponent };
}

/** The nearest Decimal128: 34 digits, half to even. */
export function toDecimal128(decimal: Decimal): Opaque {
  const bytes = Buffer.alloc(16);
  const { coefficient, exponent, special } = special34(decimal);
  const negative = coefficient < 0n || special === "-inf";
  const sign = negative ? 1n << 63n : 0n;
  if (special) {
    bytes.writeBigUInt64LE(sign | ((special === "nan" ? 0x1fn : 0x1en) << 58n), 8);
    return new Opaque(TYPE.decimal, bytes);
  }
  const magnitude = negative ? -coefficient : coefficient;
  bytes.writeBigUInt64LE(magnitude & 0xffffffffffffffffn, 0);
  bytes.writeBigUInt64LE(sign | (BigInt(exponent + BIAS) << 49n) | (magnitude >> 64n), 8);
  return new Opaque(TYPE.decimal, bytes);
}

function special34(decimal: Decimal): Decimal {
  if (decimal.special) return decimal;
  let { coefficient, exponent } = decimal;
  const excess = Math.max(digitsOf(coefficient) - DIGITS, -BIAS - exponent, 0);
  if (excess > 0) {
    coefficient = halfEven(coefficient, 10n ** BigInt(excess));
    exponent += excess;
    if (digitsOf(coefficient) > DIGITS) return special34({ coefficient, exponent });
  }
  if (coefficient === 0n) return { coefficient, exponent: Math.min(exponent, MAX_EXPONENT) };
  while (exponent > MAX_EXPONENT && digitsOf(coefficient) < DIGITS) {
    coefficient *= 10n;
    exponent--;
  }
  if (exponent > MAX_EXPONENT) return { ...NAN, special: coefficient < 0n ? "-inf" : "inf" };
  return { coefficient, exponent };
}

function halfEven(coefficient: bigint, divisor: bigint): bigint {
  const negative = coefficient < 0n;
  const magnitude = negative ? -coefficient : coefficient;
  const quotient = magnitude / divisor;
  const twice = (magnitude % divisor) * 2n;
  const up = twice > divisor || (twice === divisor && quotient % 2n === 1n);
  const rounded = up ? quotient + 1n : quotient;
  return negative ? -rounded : rounded;
}

export function digitsOf(coefficient: bigint): number {
  return (coefficient < 0n ? -coefficient : coefficient).toString().length;
}

/** The double's exact value: every finite double has a finite decimal form. */
export function exactDecimal(value: number): Decimal {
  if (Number.isNaN(value)) return NAN;
  if (!Number.isFinite(value)) return { ...NAN, special: value > 0 ? "inf" : "-inf" };
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const field = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = field === 0 ? fraction : fraction | (1n << 52n);
  const power = (field === 0 ? 1 : field) - 1075;
  const signed = value < 0 ? -mantissa : mantissa;
  if (power >= 0) return { coefficient: signed << BigInt(power), exponent: 0 };
  return { coefficient: signed * 5n ** BigInt(-power), exponent: power };
}

/** The nearest double. */
export function nearestDouble(decimal: Decimal): number {
  if (decimal.special === "nan") return Number.NaN;
  if (decimal.special) return decimal.special === "inf" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return Number(`${decimal.coefficient}e${decimal.exponent}`);
}

/** Compares two decimals of which neither is NaN. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.special || b.special) return rank(a) - rank(b);
  const signs = Number(sign(a.coefficient)) - Number(sign(b.coefficient));
  if (signs !== 0 || a.coefficient === 0n) return Math.sign(signs);
  // The place of the first digit decides nearly always; only then are huge powers of ten avoided.
  const places = digitsOf(a.coefficient) + a.exponent - digitsOf(b.coefficient) - b.exponent;
  if (places !== 0) return a.coefficient > 0n ? Math.sign(places) : -Math.sign(places);
  const least = Math.min(a.exponent, b.exponent);
  const left = a.coefficient * 10n ** BigInt(a.exponent - least);
  const right = b.coefficient * 10n ** BigInt(b.exponent - least);
  return left < right ? -1 : left > right ? 1 : 0;
}

function rank(decimal: Decimal): number {
  if (decimal.special === "inf") return 1;
  return decimal.special === "-inf" ? -1 : 0;
}

function sign(value: bigint): number {
  return value > 0n ? 1 : value < 0n ? -1 : 0;
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  if (a.special || b.special) return exactDecimal(specialNumber(a) + specialNumber(b));
  const exponent = Math.min(a.exponent, b.exponent);
  const left = a.coefficient * 10n ** BigInt(a.exponent - exponent);
  return { coefficient: left + b.coefficient * 10n ** BigInt(b.exponent - exponent), exponent };
}

export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  if (a.special || b.special) return exactDecimal(specialNumber(a) * specialNumber(b));
  return { coefficient: a.coefficient * b.coefficient, exponent: a.exponent + b.exponent };
}

function specialNumber(decimal: Decimal): number {
  return decimal.special ? nearestDouble(decimal) : sign(decimal.coefficient);
}
