export interface Turn {
  /** Resolves when everyone who entered the lane before has left. */
  readonly ready: Promise<void>;
  leave(): void;
}

/** Keeps things of one key in the order in which they came, and those of other keys apart. An empty lane takes no memory. */
export class Lanes {
  readonly #last = new Map<string, Promise<void>>();

  enter(key: string): Turn {
    const ready = this.#last.get(key) ?? Promise.resolve();
    let open = (): void => {};
    const left = new Promise<void>((resolve) => {
      open = resolve;
    });
    const tail = ready.then(() => left);
    this.#last.set(key, tail);
    tail.then(() => {
      if (this.#last.get(key) === tail) this.#last.delete(key);
    });
    return { ready, leave: open };
  }

  get size(): number {
    return this.#last.size;
  }
}
