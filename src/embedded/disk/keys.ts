import { createHash } from "node:crypto";
import { Fault } from "../fault.ts";
import { encodeKey } from "../values/key.ts";
import type { Value } from "../values/value.ts";

/**
 * Longest fields of an index entry in bytes: LMDB takes keys up to 1,978 bytes, and the `_id` is appended.
 */
export const LONGEST_FIELDS = 1200;
const LONGEST_ID = 700;
const END = Buffer.from([0xff]);
/** Upper bound behind a shortened key: its hash may begin with FF. */
const CUT_END = Buffer.alloc(33, 0xff);

/** Prefix of all keys of a collection or an index: its number. */
export function areaOf(id: number): Buffer {
  const area = Buffer.alloc(4);
  area.writeUInt32BE(id);
  return area;
}

export function wholeArea(id: number): { from: Buffer; to: Buffer } {
  return { from: areaOf(id), to: areaOf(id + 1) };
}

export function idKey(id: Value): Buffer {
  const key = encodeKey([id]);
  if (key.length > LONGEST_ID) throw new Fault(17280, `_id is too long: ${key.length} bytes, at most ${LONGEST_ID}`);
  return key;
}

/** The first key after all keys that start with `key`. */
export function after(key: Buffer): Buffer {
  return key.length > LONGEST_FIELDS
    ? Buffer.concat([key.subarray(0, LONGEST_FIELDS), CUT_END])
    : Buffer.concat([key, END]);
}

/** Bound of a range; over-long keys are shortened as in the entries. */
export function bound(key: Buffer): Buffer {
  return key.length > LONGEST_FIELDS ? key.subarray(0, LONGEST_FIELDS) : key;
}

/** Shortens an over-long key to its beginning and a hash of the whole. */
export function cutKey(key: Buffer): Buffer {
  if (key.length <= LONGEST_FIELDS) return key;
  return Buffer.concat([key.subarray(0, LONGEST_FIELDS), createHash("sha256").update(key).digest()]);
}
