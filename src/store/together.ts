/** The outcome of one item: a value, or its own error. */
export type Outcome<Result> = Result | Error;

export interface Grouping<Item, Result> {
  alone(item: Item): Promise<Result>;
  /** Runs two or more as one command and returns outcomes in their order. A rejection applies to all. */
  group(items: Item[]): Promise<Outcome<Result>[]>;
  /** most items in one command */
  most?: number;
  /** Pause after each command, to collect more: a turn of the event loop; longer where no caller waits. */
  rest?: () => Promise<unknown>;
}

interface Waiting<Item, Result> {
  item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

const MOST = 100;
/** Callers whom the last command has answered ask on within it, and their next calls go together. */
const aTurn = () => new Promise(setImmediate);

/** So many turns a batch waits at most while each turn brings it another call. */
const MOST_TURNS = 5;

/**
 * Batches concurrent calls into one command, because the driver's cost is by the command. A batch holds what
 * arrives until a turn of the event loop brings nothing more, while a command is under way, or during the
 * rest after it. Each caller is answered when its own work is done.
 */
export function together<Item, Result>({ alone, group, most = MOST, rest = aTurn }: Grouping<Item, Result>) {
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

  const gather = async (): Promise<void> => {
    for (let turns = 0; turns < MOST_TURNS; turns++) {
      const before = waiting.length;
      await aTurn();
      if (waiting.length === before) return;
    }
  };

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      await gather();
      const batch = waiting.slice(0, most);
      waiting = waiting.slice(most);
      await send(batch);
      await rest();
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
