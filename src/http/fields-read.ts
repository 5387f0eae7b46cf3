import { Invalid } from "../errors.ts";

/** Posted fields by name. A repeated name holds a list, which every field refuses by its name. */
export type Fields = Record<string, unknown>;

const FORBIDDEN = new Set(["__proto__", "constructor", "prototype"]);

export function addField(fields: Fields, name: string, value: unknown): void {
  if (FORBIDDEN.has(name)) throw new Invalid("unknown-field", { field: name });
  fields[name] = name in fields ? [fields[name], value].flat() : value;
}
