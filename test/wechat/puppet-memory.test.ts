import assert from "node:assert/strict";
import { once } from "node:events";
import { it } from "node:test";
import { Worker } from "node:worker_threads";

const MAX_GROWTH_BYTES = 8_000_000;

// Some seconds of work; in a worker, because the test runner's own bookkeeping of promises makes it several times slower.
it("holds no more memory after 200,000 messages of 50,000 people than before", async () => {
  const workerData = { messages: 200_000, people: 50_000, warmUp: 10_000 };
  const worker = new Worker(new URL("../support/puppet-memory-run.js", import.meta.url), { workerData });
  const [{ seen, held, growthBytes }] = await once(worker, "message");
  await once(worker, "exit");
  assert.equal(seen, workerData.messages);
  assert.deepEqual(held, { messages: 0, people: 0, contacts: 0 });
  assert.ok(growthBytes < MAX_GROWTH_BYTES, `grew by ${growthBytes} bytes`);
});
