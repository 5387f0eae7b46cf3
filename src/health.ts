import { type Limit, type Timer, within } from "./timer.ts";

/** A value that takes longer is null: `/readyz` answers within two seconds. */
const READ_MS = 1_500;

/**
 * Values for operators in `/readyz` beside the status: a short name each, with a number, a text or a small
 * object.
 */
export interface Health {
  /** Adds a value that is read at each request of `/readyz`. A name is given once. */
  add(name: string, read: () => unknown): void;
  /** Returns all values by name; one that cannot be read is null. */
  values(): Promise<Record<string, unknown>>;
  /** From now on the process wants no new requests; it answers those that come. */
  leave(): void;
  readonly isLeaving: boolean;
}

export function createHealth(timer: Timer, ms = READ_MS): Health {
  const readers = new Map<string, () => unknown>();
  let isLeaving = false;
  return {
    leave() {
      isLeaving = true;
    },
    get isLeaving() {
      return isLeaving;
    },
    add(name, read) {
      if (readers.has(name)) throw new Error(`health: ${name} is there already`);
      readers.set(name, read);
    },
    async values() {
      const entries = [...readers].map(async ([name, read]) => [name, await readOrNull(read, { timer, ms })] as const);
      return Object.fromEntries(await Promise.all(entries));
    },
  };
}

const readOrNull = (read: () => unknown, limit: Limit): Promise<unknown> => {
  const value = (async () => read())().catch(() => null);
  return within(value, limit, () => null);
};
