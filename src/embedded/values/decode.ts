import { Fault } from "../fault.ts";
import { DateTime, Doc, Int32, Opaque, TYPE, type Value } from "./value.ts";

const MAX_DEPTH = 180;

/**
 * Reads one BSON document that fills `bytes` exactly. Opaque values are views of `bytes`, which must not
 * change afterwards.
 */
export function decode(bytes: Buffer): Doc {
  try {
    const doc = readDoc(bytes, 0, bytes.length, 0);
    if (bytes.readInt32LE(0) !== bytes.length) throw new Fault(22, "document does not fill its bytes");
    return doc;
  } catch (error) {
    if (error instanceof RangeError) throw new Fault(22, "truncated BSON");
    throw error;
  }
}

type Cursor = { bytes: Buffer; at: number; end: number; depth: number };

function openDoc(bytes: Buffer, start: number, limit: number, depth: number): Cursor {
  const size = bytes.readInt32LE(start);
  const end = start + size - 1;
  if (size < 5 || end >= limit || bytes[end] !== 0) throw new Fault(22, "bad document length in BSON");
  if (depth > MAX_DEPTH) throw new Fault(15, "BSON nested too deeply");
  return { bytes, at: start + 4, end, depth };
}

function readDoc(bytes: Buffer, start: number, limit: number, depth: number): Doc {
  const cursor = openDoc(bytes, start, limit, depth);
  const doc = new Doc();
  while (cursor.at < cursor.end) {
    const type = bytes[cursor.at++]!;
    const key = readCString(cursor);
    doc.set(key, readValue(cursor, type));
  }
  return closed(cursor, doc);
}

function readArray(bytes: Buffer, start: number, limit: number, depth: number): Value[] {
  const cursor = openDoc(bytes, start, limit, depth);
  const items: Value[] = [];
  while (cursor.at < cursor.end) {
    const type = bytes[cursor.at++]!;
    skipCString(cursor);
    items.push(readValue(cursor, type));
  }
  return closed(cursor, items);
}

function closed<T>(cursor: Cursor, value: T): T {
  if (cursor.at !== cursor.end) throw new Fault(22, "a BSON value reaches beyond its document");
  return value;
}

function skipCString(cursor: Cursor): number {
  const zero = cursor.bytes.indexOf(0, cursor.at);
  if (zero < 0 || zero >= cursor.end) throw new Fault(22, "unterminated name in BSON");
  cursor.at = zero + 1;
  return zero;
}

function readCString(cursor: Cursor): string {
  const { bytes, at } = cursor;
  // Names are short and mostly ASCII: joining characters is faster than a call into the runtime.
  let text = "";
  for (let i = at; i < cursor.end; i++) {
    const byte = bytes[i]!;
    if (byte === 0) {
      cursor.at = i + 1;
      return text;
    }
    if (byte >= 0x80 || i - at > 40) break;
    text += String.fromCharCode(byte);
  }
  return bytes.toString("utf8", at, skipCString(cursor));
}

function readText(cursor: Cursor): string {
  const size = cursor.bytes.readInt32LE(cursor.at);
  const start = cursor.at + 4;
  const end = start + size - 1;
  if (size < 1 || end >= cursor.end || cursor.bytes[end] !== 0) throw new Fault(22, "bad string length in BSON");
  cursor.at = end + 1;
  return cursor.bytes.toString("utf8", start, end);
}

function take(cursor: Cursor, type: number, size: number): Opaque {
  const start = cursor.at;
  if (size < 0 || start + size > cursor.end) throw new Fault(22, "a BSON value reaches beyond its document");
  cursor.at = start + size;
  return new Opaque(type, cursor.bytes.subarray(start, start + size));
}

function advance(cursor: Cursor, size: number): number {
  const start = cursor.at;
  cursor.at += size;
  if (cursor.at > cursor.end) throw new Fault(22, "a BSON value reaches beyond its document");
  return start;
}

function readDate(cursor: Cursor): DateTime {
  const ms = Number(cursor.bytes.readBigInt64LE(advance(cursor, 8)));
  if (!Number.isSafeInteger(ms)) throw new Fault(2, "a date beyond the year 285,000 is not supported");
  return new DateTime(ms);
}

function readNested(cursor: Cursor, type: number): Value {
  const { bytes, at } = cursor;
  cursor.at = at + bytes.readInt32LE(at);
  return (type === TYPE.array ? readArray : readDoc)(bytes, at, cursor.end, cursor.depth + 1);
}

function readBoolean(cursor: Cursor): boolean {
  const byte = cursor.bytes[advance(cursor, 1)]!;
  if (byte > 1) throw new Fault(22, "a BSON boolean is 0 or 1");
  return byte === 1;
}

function readValue(cursor: Cursor, type: number): Value {
  const { bytes } = cursor;
  switch (type) {
    case TYPE.string:
      return readText(cursor);
    case TYPE.int:
      return new Int32(bytes.readInt32LE(advance(cursor, 4)));
    case TYPE.double:
      return bytes.readDoubleLE(advance(cursor, 8));
    case TYPE.object:
    case TYPE.array:
      return readNested(cursor, type);
    case TYPE.long:
      return bytes.readBigInt64LE(advance(cursor, 8));
    case TYPE.date:
      return readDate(cursor);
    case TYPE.bool:
      return readBoolean(cursor);
    case TYPE.null:
      return null;
    default:
      return take(cursor, type, opaqueSize(cursor, type));
  }
}

function opaqueSize(cursor: Cursor, type: number): number {
  if (type === TYPE.objectId) return 12;
  if (type !== TYPE.binData) throw new UnspokenType(type);
  const size = cursor.bytes.readInt32LE(cursor.at);
  if (size < 0) throw new Fault(22, "bad length in BSON");
  return size + 5;
}

/** Names of BSON types that are not in the dialect. */
const UNSPOKEN: Readonly<Record<number, string>> = {
  ...{ 6: "undefined", 11: "regex", 12: "dbPointer", 13: "javascript", 14: "symbol", 15: "javascriptWithScope" },
  ...{ 17: "timestamp", 19: "decimal", 127: "maxKey", 255: "minKey" },
};

/** Refuses a value of a type that is not in the dialect; the connection stays open. */
export class UnspokenType extends Fault {
  constructor(type: number) {
    const name = UNSPOKEN[type];
    super(name ? 2 : 22, `unknown BSON type: '${name ?? type}' (not in the dialect of this database)`);
  }
}
