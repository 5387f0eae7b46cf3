import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import mongoose from "mongoose";
import { type Config, loadConfig } from "../../src/config.ts";
import { type Context, createContext } from "../../src/context.ts";
import { createLog } from "../../src/log.ts";
import { createMetrics } from "../../src/metrics.ts";
import { openStore } from "../../src/open-store.ts";
import { firstBrokenEvent } from "../../src/store/event-chain.ts";
import { SCHEMA_VERSION } from "../../src/store/shapes.ts";
import { seed } from "../seed/main.ts";
import { admitted } from "../support/admitted.ts";
import { CALM_DATABASE } from "../support/calm-database.ts";
import { capturedLog } from "../support/captured-log.ts";
import { closeDatabase, databaseUri } from "../support/database.ts";
import { missedIn } from "../support/document-shape.ts";
import {
  type LatestDatabase,
  type OldRow,
  readLatestDatabase,
  readOldRows,
  writeRows,
} from "../support/old-database.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

let latest: LatestDatabase;
let rows: OldRow[];
let config: Config;
before(async () => {
  latest = await readLatestDatabase(SCHEMA_VERSION);
  rows = await readOldRows(SCHEMA_VERSION);
  const env = { DATA_DIR: temporaryFolder("beside"), DATA_KEY: latest.dataKey, PHOTO_READER: "false" };
  config = await loadConfig(env);
});
after(closeDatabase);

/** Some minutes after the release wrote its last delivery. */
const clock = { now: () => new Date(writtenAt() + 600_000) };
const writtenAt = (): number =>
  Math.max(...of("deliveries").map((delivery) => (delivery as { createdAt: Date }).createdAt.getTime()));

const open = (databaseUri: string): Promise<Context> =>
  createContext(config, { log: capturedLog().log, databaseUri, clock, limits: CALM_DATABASE });

/** What a start of any process has written before. */
const OF_THE_START = ["schema", "keys"];
/** Collections of what both drivers' cases are made of. */
const COMPARED = ["accidents", "lookups", "people", "blobs.files", "blobs.chunks", "photo_hashes", "deliveries"];

const of = (collection: string): object[] =>
  rows.filter((row) => row.collection === collection).map(({ document }) => document);

async function assertReads(ctx: Context): Promise<void> {
  for (const [id, { files, ...expected }] of Object.entries(latest.accidents)) {
    const { key, ...accident } = await ctx.accidents.get(id);
    // fields that were added since are new; all others are as they were
    for (const [name, value] of Object.entries(expected))
      assert.deepEqual({ [name]: accident[name as keyof typeof accident] }, { [name]: value }, id);
    assert.equal(firstBrokenEvent(id, accident.events), null, id);
    for (const sha256 of files) assert.ok(await ctx.blobs.read({ id, key }, sha256));
  }
  for (const [id, { openid, details }] of Object.entries(latest.people)) {
    assert.equal((await ctx.people.see(openid)).id, id);
    assert.deepEqual(await ctx.people.lastDetails(id), details);
  }
  assert.equal(await ctx.accidents.find(latest.erased), null);
}

describe("beside a process of the latest release", () => {
  it("what that process writes is read, gone on with and sent on", async () => {
    const uri = await databaseUri();
    const ctx = await open(uri);
    try {
      await writeRows(
        uri,
        rows.filter(({ collection }) => !OF_THE_START.includes(collection)),
      );
      await assertReads(ctx);
      for (const id of Object.keys(latest.accidents)) {
        const { version } = await ctx.accidents.get(id);
        const event = { type: "language-chosen", by: "A", data: { language: "en" } } as const;
        const changed = await ctx.accidents.change(id, (accident) => ({ accident, events: [event] }));
        assert.equal(changed.version, version + 1);
        assert.equal(firstBrokenEvent(id, changed.events), null, id);
      }
      assert.ok(await ctx.deliveries.claimDue({ kind: "notice", leaseMs: 1_000 }), "its delivery is taken");
      assert.equal((await ctx.accidents.listOutbox(5)).length, 1, "its outbox is found");
    } finally {
      await ctx.close();
    }
  });

  it("what this code writes has every field that the release has always written, in its types", async () => {
    const uri = await databaseUri();
    const ctx = await open(uri);
    const store = await openStore(config, { databaseUri: uri }, createLog("silent"), createMetrics());
    try {
      await seed(store, config, { cases: 24, seed: 2, pictures: 1, besideReal: false }, () => {});
      await admitted(ctx.people, "o_beside");
      const photo = { accidentId: "seed-2-1", number: "KC1", photoId: "p1", imageHash: "0123456789abcdef" };
      await ctx.photoHashes.note(photo);
      const outbox = [{ kind: "notice", target: "somebody", body: "{}" } as const];
      await ctx.accidents.change("seed-2-1", (accident) => ({ accident, events: [], outbox }));
      for (const box of await ctx.accidents.listOutbox(5)) await ctx.deliveries.upsertFromOutbox(box);
    } finally {
      await store.close();
      await ctx.close();
    }
    const connection = await mongoose.createConnection(uri).asPromise();
    try {
      for (const name of COMPARED) {
        const written = await connection.collection(name).find({}).toArray();
        assert.ok(written.length > 0 && of(name).length > 0, name);
        assert.deepEqual(missedIn(written, of(name)), [], name);
      }
    } finally {
      await connection.close();
    }
  });

  it("a field that is gone, or has another type, is named", () => {
    const known = [
      { _id: "a", at: new Date(), list: [{ n: 1 }] },
      { _id: "b", at: null, list: [{ n: 2, more: true }], own: 1 },
    ];
    assert.deepEqual(missedIn([{ _id: "c", at: null, list: [{ n: 3 }], added: 1 }], known), []);
    assert.deepEqual(missedIn([{ _id: "c", at: "today", list: [{ m: 3 }] }], known), [
      "at is string, was date or null",
      "list.[].n is gone",
    ]);
  });
});
