import { type Fields, type FieldValue, malformed } from "./fields.ts";

/** Any decimal notation: `-1`, `.5`, `+3.20`, `1.2e-05`. */
const NUMBER = /^[+-]?(?:\d{1,15}(?:\.\d{0,20})?|\.\d{1,20})(?:[eE][+-]?\d{1,2})?$/;

/** Reads one object of a push field by field; what is missing or out of its format is Invalid 400. */
export class FieldReader {
  readonly fields: Fields;

  constructor(fields: Fields) {
    this.fields = fields;
  }

  /** A person's words, exactly as sent; empty when absent. */
  text(name: string): string {
    const value = this.fields[name];
    if (value === undefined) return "";
    if (typeof value !== "string") throw malformed(name);
    return value;
  }

  /** A value of the platform; spaces around it are formatting. */
  value(name: string): string {
    return this.text(name).trim();
  }

  optional(name: string): string | undefined {
    return this.value(name) || undefined;
  }

  /** An identifier: visible ASCII, at most 512 characters. */
  id(name: string): string {
    const value = this.value(name);
    if (!/^[\x21-\x7e]{1,512}$/.test(value)) throw malformed(name);
    return value;
  }

  /** Decimal digits, possibly beyond 2^53. */
  digits(name: string): string {
    const value = this.value(name);
    if (!/^\d{1,20}$/.test(value)) throw malformed(name);
    return value;
  }

  number(name: string): number {
    const value = this.value(name);
    if (!NUMBER.test(value)) throw malformed(name);
    return Number(value);
  }

  /** Degrees within ±limit. */
  degrees(name: string, limit: number): number {
    const degrees = this.number(name);
    if (Math.abs(degrees) > limit) throw malformed(name);
    return degrees;
  }

  child(name: string): FieldReader {
    return new FieldReader(asFields(this.fields[name] ?? "", name));
  }

  /** The entries of a list: one or many, in `item` or `List` elements or bare. */
  list(name: string, wrapper?: string): FieldReader[] {
    let value: FieldValue = this.fields[name] ?? [];
    if (wrapper && typeof value === "object" && !Array.isArray(value)) value = (value as Fields)[wrapper] ?? [];
    if (value === "") return [];
    const entries = Array.isArray(value) ? (value as FieldValue[]) : [value];
    return entries.map((entry) => new FieldReader(asFields(entry, name)));
  }
}

function asFields(value: FieldValue, name: string): Fields {
  if (value === "") return {};
  if (typeof value === "string" || Array.isArray(value)) throw malformed(name);
  return value as Fields;
}
