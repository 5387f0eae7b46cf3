import { decode } from "../values/decode.ts";
import { encode } from "../values/encode.ts";
import type { Doc } from "../values/value.ts";

/** A document in the course of a query; decoded and encoded only on demand. */
export class Row {
  #raw: Buffer | undefined;
  #doc: Doc | undefined;

  constructor(source: { raw: Buffer } | { doc: Doc }) {
    if ("raw" in source) this.#raw = source.raw;
    else this.#doc = source.doc;
  }

  get doc(): Doc {
    this.#doc ??= decode(this.#raw!);
    return this.#doc;
  }

  get raw(): Buffer {
    this.#raw ??= encode(this.#doc!);
    return this.#raw;
  }
}

/** Rows in pieces; other connections are served between two pieces. */
export type Rows = AsyncGenerator<Row[], void, void>;
