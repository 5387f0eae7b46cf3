/**
 * BSON values with their exact types: a JavaScript number is always a double, a bigint always a 64-bit
 * integer. Documents are Maps, because objects move keys that look like numbers to the front.
 */
export type Value =
  | null
  | boolean
  | string
  | number
  | bigint
  | Int32
  | DateTime
  | Opaque
  | RawDoc
  | Doc
  | readonly Value[]
  | Value[];

export class Doc extends Map<string, Value> {}

export class Int32 {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

export class DateTime {
  readonly ms: number;
  constructor(ms: number) {
    this.ms = ms;
  }
}

/** An ObjectId or binary data, in its BSON bytes; `type` is the BSON type. */
export class Opaque {
  readonly type: number;
  readonly bytes: Buffer;
  constructor(type: number, bytes: Buffer) {
    this.type = type;
    this.bytes = bytes;
  }
}

/** An encoded document, put into an answer unchanged. */
export class RawDoc {
  readonly bytes: Buffer;
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

/** The BSON types of the dialect, with their numbers. */
export const TYPE = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  int: 16,
  long: 18,
} as const;

export function typeOf(value: Value): number {
  if (value === null) return TYPE.null;
  if (typeof value === "string") return TYPE.string;
  if (typeof value === "number") return TYPE.double;
  if (typeof value === "boolean") return TYPE.bool;
  if (typeof value === "bigint") return TYPE.long;
  if (value instanceof Int32) return TYPE.int;
  if (value instanceof Opaque) return value.type;
  if (value instanceof DateTime) return TYPE.date;
  return isArray(value) ? TYPE.array : TYPE.object;
}

const NAMES = new Map<number, string>(Object.entries(TYPE).map(([name, type]) => [type, name]));

export function typeName(value: Value): string {
  return NAMES.get(typeOf(value)) ?? "unknown";
}

export function isArray(value: Value | undefined): value is Value[] {
  return Array.isArray(value);
}

export function isNumeric(value: Value | undefined): value is number | bigint | Int32 {
  return typeof value === "number" || typeof value === "bigint" || value instanceof Int32;
}

export function int(value: number): Int32 {
  return new Int32(value);
}

/** Makes a document from an object; undefined fields are left out. */
export function docOf(fields: Record<string, Value | undefined>): Doc {
  const doc = new Doc();
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) doc.set(key, value);
  return doc;
}
