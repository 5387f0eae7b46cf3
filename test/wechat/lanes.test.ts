import assert from "node:assert/strict";
import { it } from "node:test";
import { Lanes } from "../../src/wechat/lanes.ts";

it("keeps each lane in order, the lanes apart, and nothing of a lane that is empty", async () => {
  const lanes = new Lanes();
  const seen: string[] = [];
  const pass = async (key: string, name: string, steps: number) => {
    const turn = lanes.enter(key);
    await turn.ready;
    for (let step = 0; step < steps; step += 1) await Promise.resolve();
    seen.push(name);
    turn.leave();
    turn.leave();
  };
  await Promise.all([pass("a", "a1", 50), pass("a", "a2", 10), pass("b", "b1", 1), pass("a", "a3", 0)]);
  assert.deepEqual(seen, ["b1", "a1", "a2", "a3"]);
  await new Promise(setImmediate);
  assert.equal(lanes.size, 0);
});
