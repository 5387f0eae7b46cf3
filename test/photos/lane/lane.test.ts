import assert from "node:assert/strict";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { AppError, Busy } from "../../../src/errors.ts";
import { createLane, type Lane, type LaneLimits } from "../../../src/photos/lane/lane.ts";
import { NICENESS, SILENCE_MS, startPictureProcess } from "../../../src/photos/lane/picture-process.ts";
import type { Timer } from "../../../src/timer.ts";
import { standingClock } from "../../support/clocks.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const script = new URL("./stand-in-process.js", import.meta.url);
const lanes: Lane[] = [];
const deaths: Error[] = [];
after(() => Promise.all(lanes.map((lane) => lane.close())));

const LIMITS: LaneLimits = { processes: 1, waiting: 3, waitingBytes: 1_000, retryAfterS: 5 };

function open(limits: Partial<LaneLimits> = {}, timer?: Timer): Lane {
  const lane = createLane({
    limits: { ...LIMITS, ...limits },
    start: () => startPictureProcess(script, { timer }),
    onDeath: (error) => deaths.push(error),
  });
  lanes.push(lane);
  return lane;
}

const echo = (name: string, bytes = 10) => ({ head: { task: "echo", name }, parts: [Buffer.alloc(bytes, 7)] });
const isBusy = (error: unknown) =>
  error instanceof Busy && error.status === 503 && error.details["retryAfterS"] === 5 && error.code === "busy";
const isDamaged = (error: unknown) =>
  error instanceof AppError && error.status === 422 && error.code === "photo-damaged";

describe("the pictures' lane", () => {
  it("brings heads and bytes there and back, of any size, in the order in which they came", async () => {
    const lane = open({ waiting: 10, waitingBytes: 20_000_000 });
    const done: unknown[] = [];
    const sizes = [0, 1, 1_023, 1_024, 5_000_000, 65_537];
    const answers = await Promise.all(
      sizes.map(async (size) => {
        const answer = await lane.run({
          head: { task: "echo", size, zh: "照片" },
          parts: [Buffer.alloc(size, size % 251), Buffer.from("end")],
        });
        done.push(answer.head["size"]);
        return answer;
      }),
    );
    assert.deepEqual(done, sizes);
    for (const { head, parts } of answers) {
      const size = Number(head["size"]);
      assert.equal(head["zh"], "照片");
      assert.ok(parts[0]!.equals(Buffer.alloc(size, size % 251)));
      assert.equal(parts[1]!.toString(), "end");
    }
  });

  it("says busy when too many wait, or too many bytes; what was taken is done", async () => {
    const lane = open();
    const taken = [1, 2, 3, 4].map((name) => lane.run(echo(String(name))));
    await assert.rejects(lane.run(echo("one too many")), isBusy);
    assert.equal((await Promise.all(taken)).length, 4);
    const large = [lane.run(echo("a", 600)), lane.run(echo("b", 600))];
    await assert.rejects(lane.run(echo("c", 600)), isBusy);
    const small = lane.run(echo("d", 300));
    assert.equal((await Promise.all([...large, small])).length, 3);
    assert.equal((await lane.run(echo("there is room again", 600))).head["name"], "there is room again");
  });

  it("lets through at once what a person waits for, however full it is", async () => {
    const lane = open();
    const order: unknown[] = [];
    const run = async (name: string, urgent = false) => {
      const { head } = await lane.run({ ...echo(name), importance: urgent ? "urgent" : "other" });
      order.push(head["name"]);
    };
    await Promise.all([run("1"), run("2"), run("3"), run("4"), run("signature", true)]);
    assert.deepEqual(order, ["1", "signature", "2", "3", "4"]);
  });

  it("tries a picture once more when its process has died, in a new one", async () => {
    const dir = temporaryFolder("lane");
    const lane = open();
    const [first, other] = [
      lane.run({ head: { task: "dieOnce", mark: join(dir, "mark") }, parts: [Buffer.from("kept")] }),
      lane.run(echo("behind it")),
    ];
    assert.equal((await first).parts[0]!.toString(), "kept");
    assert.equal((await other).head["name"], "behind it");
  });

  it("calls a picture damaged that has ended two processes, and goes on with the others", async () => {
    const lane = open();
    const before = deaths.length;
    const [bad, good] = [lane.run({ head: { task: "die" }, parts: [] }), lane.run(echo("good"))];
    await assert.rejects(bad, isDamaged);
    assert.equal((await good).head["name"], "good");
    assert.equal(deaths.length - before, 2);
  });

  it("ends a process that says nothing any more: after the second, there was no time for the picture", async () => {
    const clock = standingClock();
    const hanging = open({}, clock).run({ head: { task: "hang" }, parts: [] });
    const ended = assert.rejects(hanging, isBusy);
    // it is tried in two processes
    for (let process = 0; process < 2; process++) {
      await clock.limitOf(SILENCE_MS);
      clock.advance(SILENCE_MS);
    }
    await ended;
  });

  it("gives its processes no secrets and the last place in the queue for the processor", async () => {
    const { head } = await open().run({ head: { task: "tell" }, parts: [] });
    assert.deepEqual((head["env"] as string[]).sort(), [
      "MALLOC_ARENA_MAX",
      "ORT_DISABLE_TELEMETRY",
      "UV_THREADPOOL_SIZE",
    ]);
    assert.equal(head["priority"], NICENESS);
  });

  it("closed, it ends its processes and refuses what waits", async () => {
    const lane = open();
    const { head } = await lane.run({ head: { task: "tell" }, parts: [] });
    const waiting = [lane.run({ head: { task: "hang" }, parts: [] }), lane.run(echo("waits"))];
    const refused = Promise.all(waiting.map((work) => assert.rejects(work, Busy)));
    await lane.close();
    await refused;
    assert.throws(() => process.kill(Number(head["pid"]), 0), /ESRCH/);
    await assert.rejects(lane.run(echo("late")), Busy);
  });
});
