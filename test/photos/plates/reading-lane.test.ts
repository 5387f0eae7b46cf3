import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type AppError, Busy } from "../../../src/errors.ts";
import { createLane, type Lane, type LaneLimits } from "../../../src/photos/lane/lane.ts";
import { startPictureProcess } from "../../../src/photos/lane/picture-process.ts";
import type { Importance } from "../../../src/photos/lane/waiting-list.ts";
import { READER_LIMITS } from "../../../src/photos/plates/limits.ts";

const STAND_IN = new URL("./stand-in-process.js", import.meta.url);
const lanes: Lane[] = [];
const deaths: string[] = [];

function lane(limits: Partial<LaneLimits> = {}): Lane {
  const made = createLane({
    limits: { ...READER_LIMITS, ...limits },
    start: () => startPictureProcess(STAND_IN),
    onDeath: ({ message }) => deaths.push(message),
  });
  lanes.push(made);
  return made;
}

async function ask(to: Lane, task: string, importance: Importance = "plate"): Promise<number> {
  const { head } = await to.run({ head: { task }, parts: [Buffer.alloc(10)], importance });
  return (head["result"] as { pid: number }).pid;
}

after(() => Promise.all(lanes.map((one) => one.close())));

test("one process works on all pictures; when it dies the next picture has a new one", async () => {
  const one = lane();
  const first = await ask(one, "echo");
  assert.equal(await ask(one, "echo"), first);
  const died = ask(one, "die");
  const next = ask(one, "echo");
  await assert.rejects(died, (error: AppError) => error.code === "photo-damaged" && error.status === 422);
  assert.notEqual(await next, first);
  assert.equal(deaths.length, 2, "a picture is tried in two processes before it is given up");
});

test("a process that has grown beyond its bound is replaced", async () => {
  const one = lane();
  const first = await ask(one, "grow");
  assert.notEqual(await ask(one, "echo"), first);
});

test("who is awaited comes first, then pictures of plates, then the others", async () => {
  const one = lane();
  const order: string[] = [];
  const asked = (["plate", "other", "other", "plate", "awaited"] as const).map(async (importance, index) => {
    await ask(one, "echo", importance);
    order.push(`${importance}${index}`);
  });
  await Promise.all(asked);
  // the first was begun before the others came
  assert.deepEqual(order, ["plate0", "awaited4", "plate3", "other1", "other2"]);
});

test("a full queue answers Busy at once and says when to come again; what waits is still done", async () => {
  const one = lane({ waiting: 2, retryAfterS: 7 });
  const taken = [ask(one, "echo"), ask(one, "echo"), ask(one, "echo")];
  await assert.rejects(ask(one, "echo", "awaited"), (error) => {
    return error instanceof Busy && error.status === 503 && error.details["retryAfterS"] === 7;
  });
  assert.equal(new Set(await Promise.all(taken)).size, 1);
  const bytes = lane({ waitingBytes: 25 });
  const three = [ask(bytes, "echo"), ask(bytes, "echo"), ask(bytes, "echo")];
  await assert.rejects(ask(bytes, "echo"), Busy);
  await Promise.all(three);
});

test("closing ends the process and refuses what waits", async () => {
  const one = lane();
  const pid = await ask(one, "echo");
  // the first is begun and never answered: how quick the process is decides nothing
  const waiting = [ask(one, "hang"), ask(one, "echo")];
  const refused = Promise.all(waiting.map((task) => assert.rejects(task, Busy)));
  await one.close();
  await refused;
  assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
  await assert.rejects(ask(one, "echo"), Busy);
});
