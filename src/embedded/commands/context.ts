import type { Catalogue } from "../disk/catalogue.ts";
import type { Documents } from "../disk/documents.ts";
import type { Store } from "../disk/store.ts";
import { Fault } from "../fault.ts";
import type { DateTime, Doc } from "../values/value.ts";
import type { Cursors } from "./cursors.ts";

/** The parts of an open database. */
export type Engine = {
  store: Store;
  catalogue: Catalogue;
  documents: Documents;
  cursors: Cursors;
  clock: () => number;
};

/** What a command works with. `now` is the same moment throughout the command. */
export type Context = Engine & { database: string; now: DateTime; deadline: number };

export type Command = (command: Doc, context: Context) => Doc | Promise<Doc>;

const SLICE_MS = 5;

/**
 * Yields to other connections during long reads. Throws MaxTimeMSExpired when the time limit of the client
 * is over.
 */
export class Turns {
  readonly #context: Context;
  #since = performance.now();

  constructor(context: Context) {
    this.#context = context;
  }

  async pass(): Promise<void> {
    if (performance.now() - this.#since < SLICE_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#context.clock() > this.#context.deadline) throw new Fault(50, "operation exceeded time limit");
    this.#since = performance.now();
  }
}
