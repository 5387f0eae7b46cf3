import { compareNumbers, type Numeric } from "./numbers.ts";
import { DateTime, Doc, isArray, Opaque, TYPE, type Value } from "./value.ts";

/** Stands for an empty array in sort keys and index entries: it comes before null. */
export const EMPTY: Value = new Opaque(0, Buffer.alloc(0));

const ORDER: Readonly<Record<number, number>> = {
  0: 0,
  [TYPE.binData]: 30,
  [TYPE.objectId]: 35,
};

/** Rank of the type of the value in the order of BSON types. */
export function typeOrder(value: Value): number {
  if (typeof value === "string") return 15;
  if (value === null) return 5;
  if (typeof value === "number" || typeof value === "bigint") return 10;
  if (typeof value === "boolean") return 40;
  if (value instanceof Opaque) return ORDER[value.type]!;
  if (value instanceof DateTime) return 45;
  if (value instanceof Doc) return 20;
  return isArray(value) ? 25 : 10;
}

/** Compares in BSON order: by type, all numbers being one type, then by value. */
export function compare(a: Value, b: Value): number {
  const order = typeOrder(a);
  const difference = order - typeOrder(b);
  return difference !== 0 ? difference : COMPARE[order]!(a, b);
}

export function equal(a: Value, b: Value): boolean {
  return compare(a, b) === 0;
}

// biome-ignore lint/suspicious/noExplicitAny: each entry is only called with two values of its own type
const COMPARE: Readonly<Record<number, (a: any, b: any) => number>> = {
  0: () => 0,
  5: () => 0,
  10: (a: Numeric, b: Numeric) => compareNumbers(a, b),
  15: compareText,
  20: compareDocs,
  25: compareArrays,
  30: compareBinary,
  35: (a: Opaque, b: Opaque) => Buffer.compare(a.bytes, b.bytes),
  40: (a: boolean, b: boolean) => Number(a) - Number(b),
  45: (a: DateTime, b: DateTime) => a.ms - b.ms,
};

/** Compares by UTF-8 bytes: like UTF-16 units, except that surrogates come last. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return codeOrder(left) - codeOrder(right);
  }
  return a.length - b.length;
}

function codeOrder(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function compareDocs(a: Doc, b: Doc): number {
  const others = b.entries();
  for (const [key, value] of a) {
    const other = others.next().value as [string, Value] | undefined;
    if (!other) return 1;
    const difference = typeOrder(value) - typeOrder(other[1]) || compareText(key, other[0]) || compare(value, other[1]);
    if (difference !== 0) return difference;
  }
  return a.size - b.size;
}

function compareArrays(a: Value[], b: Value[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = compare(a[i]!, b[i]!);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function compareBinary(a: Opaque, b: Opaque): number {
  return a.bytes.length - b.bytes.length || a.bytes[4]! - b.bytes[4]! || Buffer.compare(a.bytes, b.bytes);
}
