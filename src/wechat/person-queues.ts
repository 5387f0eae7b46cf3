export interface Turn {
  /** Resolves when all earlier turns of the queue have left. */
  readonly ready: Promise<void>;
  leave(): void;
}

/**
 * Runs work of one key in order of arrival and work of different keys in parallel. An empty queue takes no
 * memory.
 */
export class PersonQueues {
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
