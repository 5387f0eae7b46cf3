import assert from "node:assert/strict";
import { it } from "node:test";
import { PersonQueues } from "../../src/wechat/person-queues.ts";

it("keeps each queue in order, the queues apart, and nothing of a queue that is empty", async () => {
  const queues = new PersonQueues();
  const seen: string[] = [];
  const pass = async (key: string, name: string, steps: number) => {
    const turn = queues.enter(key);
    await turn.ready;
    for (let step = 0; step < steps; step += 1) await Promise.resolve();
    seen.push(name);
    turn.leave();
    turn.leave();
  };
  await Promise.all([pass("a", "a1", 50), pass("a", "a2", 10), pass("b", "b1", 1), pass("a", "a3", 0)]);
  assert.deepEqual(seen, ["b1", "a1", "a2", "a3"]);
  await new Promise(setImmediate);
  assert.equal(queues.size, 0);
});
