import { Invalid } from "../errors.ts";

/** What was posted, by name. A name that came twice holds a list, which no field takes: it is refused by its name. */
export type Fields = Record<string, unknown>;

const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"]);

export function addField(fields: Fields, name: string, value: unknown): void {
  if (FORBIDDEN.has(name)) throw new Invalid("unknown-field", { field: name });
  fields[name] = name in fields ? [fields[name], value].flat() : value;
}
