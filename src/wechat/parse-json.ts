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

const SPACE = /[ \t\r\n]*/y;
const STRING = /"[^"\\\u0000-\u001f]*(?:\\.[^"\\\u0000-\u001f]*)*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;

/**
 * Reads a WeChat body in JSON into the shape of the XML one. JSON.parse would round a MsgId beyond 2^53 and
 * let the last of two equal names win; here numbers and booleans stay text, null is absent, duplicates and
 * deep nesting are Invalid (400).
 */
export function parseJson(json: string): Fields {
  const reader = new Reader(json);
  const value = reader.value(0);
  reader.end();
  if (typeof value !== "object" || Array.isArray(value)) throw malformed("json-root");
  return value as Fields;
}

class Reader {
  readonly #json: string;
  #at = 0;
  #elements = 0;

  constructor(json: string) {
    this.#json = json;
  }

  value(depth: number): FieldValue | undefined {
    this.#elements += 1;
    if (depth > MAX_DEPTH) throw malformed("depth");
    if (this.#elements > MAX_ELEMENTS) throw malformed("elements");
    if (this.#take("{")) return this.#object(depth);
    if (this.#take("[")) return this.#array(depth);
    if (this.#json[this.#at] === '"') return this.#string();
    const word = this.#token(WORD);
    if (word !== undefined) return word === "null" ? undefined : word;
    return this.#token(NUMBER) ?? fail();
  }

  end(): void {
    this.#token(SPACE);
    if (this.#at !== this.#json.length) fail();
  }

  #object(depth: number): Fields {
    const fields = emptyFields();
    if (this.#take("}")) return fields;
    do {
      this.#token(SPACE);
      const name = checkName(this.#string());
      if (!this.#take(":")) fail();
      const value = this.value(depth + 1);
      // Null is stored as an empty text, so that a second field of the same name is still a duplicate.
      addField(fields, name, value ?? "");
    } while (this.#take(","));
    return this.#take("}") ? fields : fail();
  }

  #array(depth: number): FieldValue[] {
    const values: FieldValue[] = [];
    if (this.#take("]")) return values;
    do values.push(this.value(depth + 1) ?? "");
    while (this.#take(","));
    return this.#take("]") ? values : fail();
  }

  #string(): string {
    const text = decode(this.#token(STRING) ?? fail());
    if (text.includes("\0")) throw malformed("nul");
    return text;
  }

  #take(mark: string): boolean {
    this.#token(SPACE);
    if (this.#json[this.#at] !== mark) return false;
    this.#at += 1;
    this.#token(SPACE);
    return true;
  }

  #token(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#json)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}

function decode(token: string): string {
  try {
    return JSON.parse(token) as string;
  } catch {
    return fail();
  }
}

function fail(): never {
  throw malformed("json");
}
