/** The outcome of one item: a value, or the error that it alone has met. */
export type Outcome<Result> = Result | Error;

export interface Grouping<Item, Result> {
  alone(item: Item): Promise<Result>;
  /** Two or more as one command; answers in their order. A rejection is everyone's. */
  group(items: Item[]): Promise<Outcome<Result>[]>;
  /** how many at most go as one */
  most?: number;
  /** after each command, to collect more: for what nobody waits for */
  rest?: () => Promise<unknown>;
}

interface Waiting<Item, Result> {
  item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

const MOST = 100;

/**
 * Sends together what arrives together: the driver's cost is by the command, not by the document. The first goes with whatever the same turn of the
 * event loop brings, and what comes while a command is under way, or during the rest after it, goes with the next.
 * Each caller is answered when its own work is done.
 */
export function together<Item, Result>({ alone, group, most = MOST, rest }: Grouping<Item, Result>) {
  let waiting: Waiting<Item, Result>[] = [];
  let busy = false;

  const send = async (batch: Waiting<Item, Result>[]): Promise<void> => {
    try {
      const items = batch.map(({ item }) => item);
      const results = items.length === 1 ? [await alone(items[0] as Item)] : await group(items);
      for (const [index, { resolve, reject }] of batch.entries()) {
        const result = results[index] as Outcome<Result>;
        if (result instanceof Error) reject(result);
        else resolve(result);
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, most);
      waiting = waiting.slice(most);
      await send(batch);
      await rest?.();
    }
    busy = false;
  };

  return (item: Item): Promise<Result> =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (busy) return;
      busy = true;
      setImmediate(drain);
    });
}
