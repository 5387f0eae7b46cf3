import type { Collection } from "./catalogue.ts";
import { documentKey } from "./documents.ts";
import type { Plan } from "./plan.ts";
import type { Range, Store } from "./store.ts";

export type Found = { id: Buffer; raw: Buffer };

/**
 * Walks a plan piece by piece. Nothing is held open between two pieces; the next one continues after the
 * last key.
 */
export class Scan {
  readonly #store: Store;
  readonly #collection: Collection;
  readonly #plan: Plan;
  readonly #seen = new Set<string>();
  #range = 0;
  #last: Buffer | undefined;

  constructor(store: Store, collection: Collection, plan: Plan) {
    this.#store = store;
    this.#collection = collection;
    this.#plan = plan;
    if (plan.scan) store.reads.collectionScans++;
    else store.reads.indexScans++;
  }

  get done(): boolean {
    return this.#range >= this.#plan.ranges.length;
  }

  /** Returns up to `limit` further documents; fewer only at the end. */
  take(limit: number): Found[] {
    const found: Found[] = [];
    while (!this.done && found.length < limit) {
      for (const { key, value } of this.#store.range(this.#rest())) {
        this.#last = key;
        const one = this.#document(key, value);
        if (one) found.push(one);
        if (found.length >= limit) return found;
      }
      this.#range++;
      this.#last = undefined;
    }
    return found;
  }

  #rest(): Range {
    const { ranges, reverse } = this.#plan;
    const { from, to } = ranges[reverse ? ranges.length - 1 - this.#range : this.#range]!;
    if (!this.#last) return { from, to, reverse };
    if (reverse) return { from, to: this.#last, reverse };
    return { from: Buffer.concat([this.#last, Buffer.alloc(1)]), to };
  }

  #document(key: Buffer, value: Buffer): Found | undefined {
    if (this.#plan.index.primary) return this.#counted({ id: key.subarray(4), raw: value });
    if (this.#plan.repeats && !this.#isNew(value)) return undefined;
    const raw = this.#store.get(documentKey(this.#collection, value));
    return raw && this.#counted({ id: value, raw });
  }

  #isNew(id: Buffer): boolean {
    const text = id.toString("latin1");
    if (this.#seen.has(text)) return false;
    this.#seen.add(text);
    return true;
  }

  #counted(found: Found): Found {
    this.#store.reads.documents++;
    return found;
  }
}
