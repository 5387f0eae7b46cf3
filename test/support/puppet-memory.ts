import assert from "node:assert/strict";
import { once } from "node:events";
import { Worker } from "node:worker_threads";

/**
 * The promise: a bot holds no more after a million messages of 100,000 people than before them. `npm run
 * bench:memory` sends them all.
 */
export const PROMISED = { messages: 1_000_000, people: 100_000 };

/** However many messages there were. */
const MAX_GROWTH_BYTES = 8_000_000;
const WARM_UP = 10_000;

/**
 * Sends so many messages of so many people through a bot and asserts the bound; how many bytes the heap grew
 * by.
 */
export async function holdsNoMore({ messages, people }: typeof PROMISED): Promise<number> {
  // In a worker: the test runner's own bookkeeping of promises makes it several times slower.
  const worker = new Worker(new URL("./puppet-memory-run.js", import.meta.url), {
    workerData: { messages, people, warmUp: WARM_UP },
  });
  // Asked for before the message: both may be told in one go.
  const exited = once(worker, "exit");
  const [{ seen, held, growthBytes }] = await once(worker, "message");
  await exited;
  assert.equal(seen, messages);
  assert.deepEqual(held, { messages: 0, people: 0, contacts: 0 });
  assert.ok(growthBytes < MAX_GROWTH_BYTES, `grew by ${growthBytes} bytes`);
  return growthBytes;
}
