import { SaxesParser } from "saxes";
import {
  addField,
  checkName,
  emptyFields,
  type Fields,
  type FieldValue,
  MAX_DEPTH,
  MAX_ELEMENTS,
  malformed,
} from "./fields.ts";

interface OpenElement {
  readonly name: string;
  text: string;
  fields: Record<string, FieldValue> | undefined;
}

/**
 * Reads a WeChat body of elements and text. Refuses DOCTYPE, processing instructions, comments, attributes,
 * mixed content, duplicates, strange names and deep nesting with Invalid (400). Text is not trimmed; adjacent
 * CDATA sections are one text.
 */
export function parseXml(xml: string): Fields {
  const reader = new Reader();
  const parser = new SaxesParser({ xmlns: false, position: false });
  parser.on("doctype", () => refuse("doctype"));
  parser.on("processinginstruction", () => refuse("instruction"));
  parser.on("comment", () => refuse("comment"));
  parser.on("attribute", () => refuse("attribute"));
  parser.on("opentagstart", (tag) => reader.open(tag.name));
  parser.on("closetag", () => reader.close());
  parser.on("text", (text) => reader.text(text));
  parser.on("cdata", (text) => reader.text(text));
  parser.on("error", () => refuse("xml"));
  parser.write(xml).close();
  return reader.result();
}

function refuse(reason: string): never {
  throw malformed(reason);
}

class Reader {
  readonly #stack: OpenElement[] = [];
  #elements = 0;
  #root: Fields | undefined;

  open(name: string): void {
    this.#elements += 1;
    if (this.#elements > MAX_ELEMENTS) refuse("elements");
    if (this.#stack.length >= MAX_DEPTH) refuse("depth");
    if (this.#stack.length === 0 && name !== "xml") refuse("root");
    this.#stack.push({ name: checkName(name), text: "", fields: undefined });
  }

  text(text: string): void {
    const top = this.#stack.at(-1);
    if (top) top.text += text;
  }

  close(): void {
    const { name, text, fields } = this.#stack.pop()!;
    if (fields && /\S/.test(text)) refuse("mixed");
    const parent = this.#stack.at(-1);
    if (!parent) {
      if (!fields) refuse("empty");
      this.#root = fields;
      return;
    }
    parent.fields ??= emptyFields();
    addField(parent.fields, name, fields ?? text);
  }

  result(): Fields {
    return this.#root ?? refuse("xml");
  }
}
