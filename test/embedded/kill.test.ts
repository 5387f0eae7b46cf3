import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { wholeArea } from "../../src/embedded/disk/keys.ts";
import { openEngine } from "../../src/embedded/engine.ts";
import { decode } from "../../src/embedded/values/decode.ts";
import type { Int32 } from "../../src/embedded/values/value.ts";
import { verify } from "../../src/embedded/verify.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { isAsExpected, type Ledger, prepare, seeded, write } from "./kill/writers.ts";

const ROUNDS = 8;
const WRITERS = 8;
const dir = temporaryFolder("kill");
const ownerFile = fileURLToPath(new URL("./kill/owner.js", import.meta.url));
const random = seeded(20261123);
const ledger: Ledger = new Map();
let acknowledged = 0;

async function startOwner(): Promise<{ child: ChildProcess; uri: string }> {
  const child = spawn(process.execPath, [ownerFile, dir], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit").then(([code]) => assert.fail(`the owner ended with ${code} before it was ready`));
  ended.catch(() => {});
  const [uri] = (await Promise.race([once(createInterface(child.stdout!), "line"), ended])) as [string];
  return { child, uri };
}

/** Kills the owner after a random number of acknowledged writes, so mostly in the middle of others. */
async function round(number: number): Promise<void> {
  const { child, uri } = await startOwner();
  if (number === 0) await prepare(uri);
  const gone = once(child, "exit");
  let left = 20 + Math.floor(random() * 250);
  const wrote = () => {
    acknowledged++;
    left--;
    if (left === 0) child.kill("SIGKILL");
  };
  const writers = Array.from({ length: WRITERS }, (_, i) => ({
    name: `${number}-${i}`,
    ledger,
    random: seeded(number * 100 + i),
  }));
  try {
    await Promise.all(writers.map((writer) => write(uri, writer, wrote)));
  } finally {
    child.kill("SIGKILL");
  }
  await gone;
  assert.ok(left <= 0, "the writers went on until the kill");
}

/** Checks the files while no process has them open. */
async function check(): Promise<void> {
  const engine = openEngine(dir, Date.now);
  try {
    assert.deepEqual(verify(engine), []);
    const { id } = engine.catalogue.find("kuaichu.written")!;
    const found = new Map<string, { n: number; u: string }>();
    for (const { value } of engine.store.range(wholeArea(id))) {
      const doc = decode(value);
      found.set(doc.get("_id") as string, { n: (doc.get("n") as Int32).value, u: doc.get("u") as string });
    }
    assert.equal(new Set([...found.values()].map((doc) => doc.u)).size, found.size, "the unique index held");
    for (const [id, expected] of ledger) {
      const state = found.get(id) ?? null;
      assert.ok(isAsExpected(expected, state), `${id}: ${JSON.stringify({ expected, state })}`);
      ledger.set(id, { acknowledged: state, onItsWay: undefined });
    }
  } finally {
    await engine.store.close();
  }
}

test(`after ${ROUNDS} times kill -9 under ${WRITERS} writers nothing acknowledged is lost, and documents and indexes are in step`, async (t) => {
  for (let i = 0; i < ROUNDS; i++) {
    await round(i);
    await check();
  }
  t.diagnostic(`${acknowledged} acknowledged writes, ${ledger.size} documents`);
  assert.ok(acknowledged > ROUNDS * 20);
});
