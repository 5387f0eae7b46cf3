import { Fault } from "../fault.ts";
import { toSafeInteger } from "../values/numbers.ts";
import { Doc, isArray, isNumeric, typeName, type Value } from "../values/value.ts";

function wrongType(name: string, value: Value, wanted: string): Fault {
  return new Fault(14, `BSON field '${name}' is the wrong type '${typeName(value)}', expected type '${wanted}'`);
}

export function docOption(from: Doc, name: string): Doc | undefined {
  const value = from.get(name);
  if (value === undefined || value === null) return undefined;
  if (value instanceof Doc) return value;
  throw wrongType(name, value, "object");
}

export function arrayOption(from: Doc, name: string): readonly Value[] {
  const value = from.get(name);
  if (isArray(value)) return value;
  if (value === undefined) throw new Fault(40414, `BSON field '${name}' is missing but a required field`);
  throw wrongType(name, value, "array");
}

export function docsOption(from: Doc, name: string): readonly Doc[] {
  return arrayOption(from, name).map((value) => {
    if (value instanceof Doc) return value;
    throw wrongType(name, value, "object");
  });
}

export function textOption(from: Doc, name: string): string {
  const value = from.get(name);
  if (typeof value === "string") return value;
  throw wrongType(name, value ?? null, "string");
}

export function flagOption(from: Doc, name: string, otherwise = false): boolean {
  const value = from.get(name);
  if (value === undefined || value === null) return otherwise;
  if (typeof value === "boolean") return value;
  if (isNumeric(value)) return toSafeInteger(value) !== 0;
  throw wrongType(name, value, "bool");
}

export function countOption(from: Doc, name: string): number | undefined {
  const value = from.get(name);
  if (value === undefined || value === null) return undefined;
  const number = isNumeric(value) ? toSafeInteger(value) : Number.NaN;
  if (Number.isNaN(number)) throw wrongType(name, value, "long");
  return number;
}

/** As {@link countOption}, refusing negative numbers. */
export function sizeOption(from: Doc, name: string): number | undefined {
  const number = countOption(from, name);
  if (number !== undefined && number < 0)
    throw new Fault(51024, `BSON field '${name}' value must be >= 0, actual value '${number}'`);
  return number;
}

/** Namespace `database.collection` of the collection that the command names. */
export function namespaceOf(command: Doc, database: string): string {
  const [name] = command.values();
  if (typeof name !== "string") throw new Fault(73, "collection name has invalid type");
  if (name === "" || name.includes("\0") || name.includes("$") || name.startsWith("system.") || name.length > 200) {
    throw new Fault(73, `Invalid namespace specified '${database}.${name}'`);
  }
  return `${database}.${name}`;
}
