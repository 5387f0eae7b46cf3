import { DateTime, Doc, Int32, isArray, Opaque, TYPE, type Value } from "../values/value.ts";

/** Formats a value as MongoDB does in the message of a duplicate key. */
export function display(value: Value): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof Doc) return `{ ${[...value].map(([key, part]) => `${key}: ${display(part)}`).join(", ")} }`;
  if (isArray(value)) return `[ ${value.map(display).join(", ")} ]`;
  if (value instanceof Int32) return String(value.value);
  if (value instanceof DateTime) return `new Date(${value.ms})`;
  if (value instanceof Opaque) return displayOpaque(value);
  return String(value);
}

function displayOpaque({ type, bytes }: Opaque): string {
  if (type === TYPE.objectId) return `ObjectId('${bytes.toString("hex")}')`;
  if (type === TYPE.binData) return `BinData(${bytes[4]}, ${bytes.toString("hex", 5).toUpperCase()})`;
  return "undefined";
}
