/** What an operator should see in `/readyz` beside the status: one short name and a number, a text or a small object for each. */
export interface Health {
  /** Adds a value that is read at each request of `/readyz`. A name is given once. */
  add(name: string, read: () => unknown): void;
  /** All values by name; one that cannot be read is null. */
  values(): Promise<Record<string, unknown>>;
}

export function createHealth(): Health {
  const readers = new Map<string, () => unknown>();
  return {
    add(name, read) {
      if (readers.has(name)) throw new Error(`health: ${name} is there already`);
      readers.set(name, read);
    },
    async values() {
      const entries = [...readers].map(async ([name, read]) => [name, await readOrNull(read)] as const);
      return Object.fromEntries(await Promise.all(entries));
    },
  };
}

const readOrNull = async (read: () => unknown): Promise<unknown> => {
  try {
    return await read();
  } catch {
    return null;
  }
};
