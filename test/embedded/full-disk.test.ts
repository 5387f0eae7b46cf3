import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Engine } from "../../src/embedded/commands/context.ts";
import { openEngine } from "../../src/embedded/engine.ts";
import { verify } from "../../src/embedded/verify.ts";
import { askEngine, type Loose } from "../support/ask-engine.ts";
import { EIO, ENOSPC, failingDisk, MB } from "../support/failing-disk.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const dir = temporaryFolder("full-disk");
const { disk, says } = failingDisk(dir);
let engine: Engine;

before(() => {
  engine = openEngine(dir, Date.now, disk);
});
after(async () => {
  await engine.store.close();
});

const ask = (command: Loose) => askEngine(engine, command);

const insert = (_id: number, size = 10) => ask({ insert: "kept", documents: [{ _id, k: -_id, v: "x".repeat(size) }] });
const ids = async () =>
  (await ask({ find: "kept", sort: { _id: 1 } }))["cursor"].firstBatch.map((one: Loose) => one["_id"]);

test("a commit that meets a full disk is refused to everybody in it, and the next ones go through when there is room", async () => {
  await ask({ createIndexes: "kept", indexes: [{ key: { k: 1 }, name: "k", unique: true }] });
  assert.equal((await insert(1))["ok"], 1);
  for (const round of [1, 2]) {
    says.code = ENOSPC;
    const refused = await Promise.all([insert(10 * round), insert(10 * round + 1)]);
    assert.deepEqual(
      refused.map(({ ok, code, codeName }) => [ok, code, codeName]),
      [
        [0, 14031, "OutOfDiskSpace"],
        [0, 14031, "OutOfDiskSpace"],
      ],
    );
    says.code = null;
    assert.equal((await insert(1 + round))["ok"], 1);
  }
  assert.deepEqual(await ids(), [1, 2, 3]);
  assert.deepEqual(verify(engine), []);
});

test("a commit of which only a part could be written is a full disk where little is left, else a fault that names its reason", async () => {
  says.code = EIO;
  says.free = 10 * MB;
  assert.equal((await insert(100))["code"], 14031);
  says.free = Number.POSITIVE_INFINITY;
  const { code, errmsg } = await insert(100);
  assert.deepEqual([code, /the disk's own words/.test(errmsg)], [8, true]);
  says.code = null;
});

test("where little is left a photograph is refused before it is written, small documents still go through, and what is removed makes no difference", async () => {
  const codeOf = ({ ok, code, writeErrors }: Loose) => writeErrors?.[0].code ?? (ok === 1 ? "taken" : code);
  says.free = 10 * MB;
  assert.deepEqual([codeOf(await insert(200, MB)), codeOf(await insert(201))], [14031, "taken"]);
  says.free = 0;
  assert.equal(codeOf(await insert(202, MB)), 14031);
  const removed = await ask({ delete: "kept", deletes: [{ q: { _id: 201 }, limit: 1 }] });
  assert.deepEqual([removed["ok"], removed["n"]], [1, 1]);
  says.free = Number.POSITIVE_INFINITY;
  assert.equal(codeOf(await insert(203, MB)), "taken");
});
