import { Invalid } from "../errors.ts";

/**
 * A parsed push body, the same for XML and JSON: leaves are strings exactly as sent (a 64-bit MsgId stays
 * exact), objects have no prototype.
 */
export type FieldValue = string | Fields | readonly FieldValue[];

export interface Fields {
  readonly [name: string]: FieldValue;
}

export const MAX_DEPTH = 8;
export const MAX_ELEMENTS = 1_000;

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** Elements that repeat: always an array, even with one entry. */
export const REPEATED = new Set(["item", "List"]);

/** Not as the protocol says. Of an authentic push it is no refusal: what can be read of it is. */
export function malformed(reason: string): Invalid {
  return new Invalid("wechat-malformed", { reason }, 400);
}

/** Checks that a name begins with a letter, which excludes `__proto__`: the body comes from outside. */
export function checkName(name: string): string {
  if (!NAME.test(name)) throw malformed("name");
  return name;
}

export function emptyFields(): Record<string, FieldValue> {
  return Object.create(null) as Record<string, FieldValue>;
}

/** Adds one field; a repeated name is refused, because parsers disagree on which value counts. */
export function addField(fields: Record<string, FieldValue>, name: string, value: FieldValue): void {
  const before = fields[name];
  if (!REPEATED.has(name)) {
    if (before !== undefined) throw malformed("duplicate");
    fields[name] = value;
    return;
  }
  const added = Array.isArray(value) ? (value as FieldValue[]) : [value];
  fields[name] = before === undefined ? added : [...(before as FieldValue[]), ...added];
}
