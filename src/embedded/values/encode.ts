import { type DateTime, Doc, Int32, isArray, Opaque, RawDoc, TYPE, type Value } from "./value.ts";

let scratch = Buffer.allocUnsafe(1 << 16);
let at = 0;

function ensure(size: number): void {
  if (at + size <= scratch.length) return;
  const larger = Buffer.allocUnsafe(Math.max(scratch.length * 2, at + size));
  scratch.copy(larger, 0, 0, at);
  scratch = larger;
}

/** Encodes a document as BSON into a buffer of its own. */
export function encode(doc: Doc): Buffer {
  return Buffer.from(encodeInPlace(doc));
}

/** Encodes a document as BSON into the shared buffer: valid until the next document is encoded. */
export function encodeInPlace(doc: Doc): Buffer {
  if (scratch.length > 1 << 22) scratch = Buffer.allocUnsafe(1 << 16);
  at = 0;
  writeDoc(doc);
  return scratch.subarray(0, at);
}

function writeDoc(doc: Doc): void {
  const start = open();
  for (const [key, value] of doc) writeElement(key, value);
  close(start);
}

function writeArray(items: readonly Value[]): void {
  const start = open();
  for (let i = 0; i < items.length; i++) writeElement(String(i), items[i]!);
  close(start);
}

function open(): number {
  const start = at;
  ensure(4);
  at += 4;
  return start;
}

function close(start: number): void {
  ensure(1);
  scratch[at++] = 0;
  scratch.writeInt32LE(at - start, start);
}

function writeElement(key: string, value: Value): void {
  ensure(key.length * 3 + 2);
  const typeAt = at++;
  writeName(key);
  // The type is set afterwards, because writing the value may replace the scratch buffer.
  const type = writeValue(value);
  scratch[typeAt] = type;
}

function writeName(key: string): void {
  const start = at;
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    if (code >= 0x80) {
      at = start + scratch.write(key, start);
      break;
    }
    scratch[at++] = code;
  }
  scratch[at++] = 0;
}

function writeText(text: string): number {
  ensure(text.length * 3 + 5);
  const size = scratch.write(text, at + 4);
  scratch.writeInt32LE(size + 1, at);
  at += size + 4;
  scratch[at++] = 0;
  return TYPE.string;
}

function writeBytes(bytes: Buffer): void {
  ensure(bytes.length);
  bytes.copy(scratch, at);
  at += bytes.length;
}

function writeValue(value: Value): number {
  if (typeof value === "string") return writeText(value);
  if (value === null) return TYPE.null;
  if (value instanceof Doc) {
    writeDoc(value);
    return TYPE.object;
  }
  if (isArray(value)) {
    writeArray(value);
    return TYPE.array;
  }
  if (value instanceof Opaque) {
    writeBytes(value.bytes);
    return value.type;
  }
  if (value instanceof RawDoc) {
    writeBytes(value.bytes);
    return TYPE.object;
  }
  return writeFixed(value as boolean | number | bigint | Int32 | DateTime);
}

function writeFixed(value: boolean | number | bigint | Int32 | DateTime): number {
  ensure(8);
  if (value instanceof Int32) {
    at = scratch.writeInt32LE(value.value, at);
    return TYPE.int;
  }
  if (typeof value === "boolean") {
    scratch[at++] = value ? 1 : 0;
    return TYPE.bool;
  }
  if (typeof value === "number") {
    at = scratch.writeDoubleLE(value, at);
    return TYPE.double;
  }
  if (typeof value === "bigint") {
    at = scratch.writeBigInt64LE(value, at);
    return TYPE.long;
  }
  at = scratch.writeBigInt64LE(BigInt(value.ms), at);
  return TYPE.date;
}
