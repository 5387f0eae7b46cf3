import { typeOrder } from "./compare.ts";
import { isNaNValue, type Numeric } from "./numbers.ts";
import { type DateTime, type Doc, Int32, type Opaque, type Value } from "./value.ts";

/*
 * Keys whose bytes sort as the values do in BSON order. No field is a prefix of another, so that fields can
 * be joined. A field is a type byte and a payload; all bits of a descending field are inverted. No type
 * byte is 00 or FF.
 */
const LONGEST = 1 << 16;
const scratch = { bytes: Buffer.allocUnsafe(4096), at: 0 };

function ensure(size: number): void {
  if (scratch.at + size <= scratch.bytes.length) return;
  const larger = Buffer.allocUnsafe(Math.max(scratch.bytes.length * 2, scratch.at + size));
  scratch.bytes.copy(larger, 0, 0, scratch.at);
  scratch.bytes = larger;
}

function byte(value: number): void {
  ensure(1);
  scratch.bytes[scratch.at++] = value;
}

/** Encodes several values as one key; `descending[i]` inverts the i-th. */
export function encodeKey(values: readonly Value[], descending: readonly boolean[] = []): Buffer {
  scratch.at = 0;
  values.forEach((value, i) => {
    const start = scratch.at;
    writeTyped(value);
    if (descending[i]) invert(start);
  });
  const key = Buffer.from(scratch.bytes.subarray(0, scratch.at));
  if (scratch.bytes.length > LONGEST) scratch.bytes = Buffer.allocUnsafe(4096);
  return key;
}

function invert(start: number): void {
  const { bytes, at } = scratch;
  for (let i = start; i < at; i++) bytes[i] = ~bytes[i]! & 0xff;
}

/** Type byte for the rank of a type in BSON order. */
export function typeByte(order: number): number {
  return order + 8;
}

function writeTyped(value: Value): void {
  const order = typeOrder(value);
  byte(typeByte(order));
  writePayload(order, value);
}

// biome-ignore lint/suspicious/noExplicitAny: each writer only gets values of its own type
const WRITE: Readonly<Record<number, (value: any) => void>> = {
  10: writeNumber,
  15: writeText,
  20: writeDoc,
  25: writeArray,
  30: (value: Opaque) => writeBinary(value.bytes),
  35: (value: Opaque) => writeRaw(value.bytes),
  40: (value: boolean) => byte(value ? 1 : 0),
  45: (value: DateTime) => writeLong(BigInt(value.ms) + (1n << 63n)),
};

/** Writes the payload; types with one value, such as null, have none. */
function writePayload(order: number, value: Value): void {
  WRITE[order]?.(value);
}

function writeArray(items: readonly Value[]): void {
  for (const item of items) writeTyped(item);
  byte(0);
}

/** Writes field by field as BSON compares: type, name, value. The end sorts before any further field. */
function writeDoc(doc: Doc): void {
  for (const [key, value] of doc) {
    byte(typeByte(typeOrder(value)));
    writeText(key);
    writePayload(typeOrder(value), value);
  }
  byte(0);
}

/** Writes UTF-8 with 00 as 00 FF, and 00 01 at the end. */
function writeText(text: string): void {
  ensure(text.length * 3 + 2);
  const start = scratch.at;
  const size = scratch.bytes.write(text, start);
  scratch.at = start + size;
  if (text.includes("\0")) escapeZeros(Buffer.from(text), start);
  ensure(2);
  scratch.bytes[scratch.at++] = 0;
  scratch.bytes[scratch.at++] = 1;
}

function escapeZeros(plain: Buffer, start: number): void {
  scratch.at = start;
  ensure(plain.length * 2);
  for (const one of plain) {
    scratch.bytes[scratch.at++] = one;
    if (one === 0) scratch.bytes[scratch.at++] = 0xff;
  }
}

function writeRaw(bytes: Buffer): void {
  ensure(bytes.length);
  bytes.copy(scratch.bytes, scratch.at);
  scratch.at += bytes.length;
}

function writeBinary(bytes: Buffer): void {
  ensure(4);
  scratch.at = scratch.bytes.writeUInt32BE(bytes.length - 5, scratch.at);
  writeRaw(bytes.subarray(4));
}

function writeLong(value: bigint): void {
  ensure(8);
  scratch.at = scratch.bytes.writeBigUInt64BE(value, scratch.at);
}

/**
 * Writes the nearest double and a tail: 80 when the double is exact. For other longs, above 2^53, it is 40
 * (below the double) or C0 (above it) and the decimal digits, which keeps longs with the same double in
 * order.
 */
function writeNumber(value: Numeric): void {
  const small = value instanceof Int32 ? value.value : value;
  const double = Number(small);
  if (isNaNValue(value)) writeLong(0n);
  else writeDouble(double);
  const isExact = typeof small === "number" || BigInt(double) === small;
  if (isExact) byte(0x80);
  else writeTail(small, double);
}

function writeDouble(value: number): void {
  ensure(8);
  const { bytes, at } = scratch;
  bytes.writeDoubleBE(value === 0 ? 0 : value, at);
  if (bytes[at]! & 0x80) for (let i = at; i < at + 8; i++) bytes[i] = ~bytes[i]! & 0xff;
  else bytes[at] = bytes[at]! | 0x80;
  scratch.at += 8;
}

function writeTail(long: bigint, double: number): void {
  byte(long < double ? 0x40 : 0xc0);
  const start = scratch.at;
  const digits = (long < 0n ? -long : long).toString();
  byte(0x80);
  byte(digits.length);
  for (const digit of digits.replace(/0+$/, "")) byte(digit.charCodeAt(0));
  byte(1);
  if (long < 0n) invert(start);
}
