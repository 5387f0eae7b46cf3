import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import mongoose, { type Connection } from "mongoose";
import { type Config, loadConfig } from "../../src/config.ts";
import { type Context, createContext } from "../../src/context.ts";
import type { Position, Scene } from "../../src/domain/accident.ts";
import { contentDigest } from "../../src/domain/agreement.ts";
import { migrateCommand } from "../../src/jobs/migrate-command.ts";
import { DatabaseFault } from "../../src/store/database-fault.ts";
import { firstBrokenEvent } from "../../src/store/event-chain.ts";
import { migrate } from "../../src/store/migrate.ts";
import { createLegacySeals } from "../../src/store/migrations/legacy-seals.ts";
import { SCHEMA_VERSION } from "../../src/store/shapes.ts";
import { createVault } from "../../src/store/vault.ts";
import { CALM_DATABASE } from "../support/calm-database.ts";
import { capturedLog } from "../support/captured-log.ts";
import { collectionNames } from "../support/collection-names.ts";
import { closeDatabase, databaseUri } from "../support/database.ts";
import {
  type OldDatabase,
  readOldDatabase,
  readOldRows,
  restoreOldDatabase,
  writeRows,
} from "../support/old-database.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

let old: OldDatabase;
let config: Config;
before(async () => {
  old = await readOldDatabase();
  config = await loadConfig({ DATA_DIR: temporaryFolder("old"), DATA_KEY: old.dataKey, PHOTO_READER: "false" });
});
after(closeDatabase);

const open = (uri: string, log = capturedLog().log): Promise<Context> =>
  createContext(config, { log, databaseUri: uri, limits: CALM_DATABASE });

async function withRaw<T>(uri: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await mongoose.createConnection(uri).asPromise();
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

const versionIn = (uri: string) =>
  withRaw(uri, async (connection) => (await connection.collection("schema").findOne({}))?.["version"]);

/** One position was kept, and the opening's time: it stands where it was signed, else it is asked. */
function sceneOfThen({ scene, concludedAt }: Record<string, unknown>): Scene {
  const { position, occurredAt, address, weather } = scene as Scene & { position: Position | null };
  const positions = { A: position, B: null };
  return { occurredAt: concludedAt ? occurredAt : null, positions, address, weather, weatherWord: null };
}

/** What cases of then have not. */
const ADDED_LATER = { district: null, dispute: null, recused: [] };

async function assertWhole(ctx: Context): Promise<void> {
  for (const [id, { bodies, files, key: _, ...expected }] of Object.entries(old.accidents)) {
    const { key, ...accident } = await ctx.accidents.get(id);
    const photos = expected.photos.map(({ refusal, ...photo }) => (refusal === null ? photo : { ...photo, refusal }));
    assert.deepEqual(accident, { ...expected, ...ADDED_LATER, photos, scene: sceneOfThen(expected) });
    assert.equal(firstBrokenEvent(id, accident.events), null);
    for (const { sha256, bytes } of files) assert.equal((await ctx.blobs.read({ id, key }, sha256)).length, bytes);
    const waiting = (await ctx.accidents.listOutbox(100)).filter(({ accidentId }) => accidentId === id);
    const entries = new Map(waiting.flatMap((box) => box.entries).map((entry) => [entry.id, entry.sealed]));
    for (const [entryId, body] of Object.entries(bodies)) {
      const sealed = entries.get(entryId) ?? (await ctx.deliveries.get(entryId)).sealed;
      assert.equal(await ctx.accidents.openBody(id, entryId, sealed), body);
    }
  }
  for (const [id, { openid, details, accident }] of Object.entries(old.people)) {
    assert.equal((await ctx.people.see(openid)).id, id);
    assert.equal((await ctx.people.find(id))?.openid, openid);
    assert.deepEqual(await ctx.people.lastDetails(id), details);
    assert.equal((await ctx.accidents.findByPerson({ id }))?.id ?? null, accident);
  }
  assert.equal(await ctx.accidents.find(old.erased), null);
}

/** A signature of then still fits the text, and the record of events goes on. */
async function assertGoesOn(ctx: Context): Promise<void> {
  const [id] = Object.entries(old.accidents).find(([, one]) => one["concludedAt"]) as [string, unknown];
  const accident = await ctx.accidents.get(id);
  assert.equal(accident.parties.A.signature?.contentDigest, contentDigest(ctx, accident));
  const after = await ctx.accidents.change(id, (current) => ({
    accident: current,
    events: [{ type: "language-chosen", by: "A", data: { language: "en" } }],
  }));
  assert.equal(firstBrokenEvent(id, (await ctx.accidents.get(id)).events), null);
  assert.equal(after.version, accident.version + 1);
}

describe("a database from before schema versions", () => {
  it("is read whole after the first migration: cases, parties, statements, claims, files, messages, people", async () => {
    const uri = await databaseUri();
    await restoreOldDatabase(uri);
    const [shown, steps] = [new Map<string, number>(), new Map<string, number>()];
    const progress = (doing: string, total: number) => {
      shown.set(doing, total);
      return { step: () => void steps.set(doing, (steps.get(doing) ?? 0) + 1), end() {} };
    };
    const ctx = await createContext(config, {
      ...{ log: capturedLog().log, databaseUri: uri, limits: CALM_DATABASE },
      upgrade: { mode: "build", progress },
    });
    try {
      await assertWhole(ctx);
      assert.ok(shown.get("migration 1-sealed-anew, accidents"));
      assert.deepEqual(steps, shown);
      for (const [id, { unsaid }] of Object.entries(old.people))
        assert.deepEqual(await ctx.people.takeUnsaid(id), unsaid);
      const kept = await ctx.inbox.claimKept("holder", 60_000);
      assert.equal(kept?.message, old.kept.message);
      await assertGoesOn(ctx);
    } finally {
      await ctx.close();
    }
    assert.equal(await versionIn(uri), SCHEMA_VERSION);
  });

  it("is read whole, and its people known again, while DATA_KEY is being changed", async () => {
    const uri = await databaseUri();
    await restoreOldDatabase(uri);
    const keys = { ...config.keys, data: randomBytes(32), otherData: config.keys.data };
    const ctx = await openAs(uri, { keys });
    await assertWhole(ctx).finally(() => ctx.close());
  });

  it("is migrated by one of several processes that start together, to the end also when others have died over it", async () => {
    const uri = await databaseUri();
    await restoreOldDatabase(uri);
    const tools = {
      vault: createVault(config.keys.data),
      legacy: createLegacySeals(config.keys.data),
      now: () => new Date(),
      log: capturedLog().log,
      catalogue: config.rules.catalogue,
    };
    for (const last of [0, 1, 2]) {
      let left = last;
      const blobs = {
        async sealAnew() {
          if (left-- === 0) throw new Error("it dies here");
          return { done: 0, unreadable: 0 };
        },
      };
      const dying = withRaw(uri, (connection) => migrate({ ...tools, blobs, connection }));
      await assert.rejects(dying, /it dies here/);
    }
    // as a killed process leaves it
    const lease = { holder: "killed", leaseUntil: new Date(Date.now() + 1_500) };
    await withRaw(uri, (connection) => connection.collection("schema").updateOne({}, { $set: lease }));
    const { log, lines } = capturedLog();
    const opened = await Promise.all([open(uri, log), open(uri, log)]);
    try {
      await assertWhole(opened[0]);
      assert.equal(lines.filter((line) => line.includes("database.migrated")).length, SCHEMA_VERSION);
    } finally {
      await Promise.all(opened.map((ctx) => ctx.close()));
    }
  });

  it("keeps a case that does not open as it is, says so, and reads all others", async () => {
    const uri = await databaseUri();
    await restoreOldDatabase(uri);
    const [damaged = ""] = Object.keys(old.accidents);
    const before = await withRaw(uri, async ({ db }) => {
      const accidents = db!.collection<{ _id: string; wrappedKey: unknown }>("accidents");
      await accidents.updateOne({ _id: damaged }, { $set: { wrappedKey: Buffer.alloc(60, 1) } });
      return accidents.findOne({ _id: damaged });
    });
    const { log, lines } = capturedLog();
    const ctx = await open(uri, log);
    try {
      assert.equal(lines.filter((line) => line.includes("case.unreadable")).length, 1);
      for (const id of Object.keys(old.accidents)) if (id !== damaged) await ctx.accidents.get(id);
      await assert.rejects(ctx.accidents.get(damaged), { code: "case-unreadable" });
    } finally {
      await ctx.close();
    }
    const found = await withRaw(uri, ({ db }) =>
      db!.collection<{ _id: string; wrappedKey: unknown }>("accidents").findOne({ _id: damaged }),
    );
    assert.deepEqual(found?.wrappedKey, before?.wrappedKey);
  });
});

describe("the schema version", () => {
  it("stands in a new database; one that is newer than the code is refused in one sentence, and nothing is written", async () => {
    const uri = await databaseUri();
    await (await open(uri)).close();
    assert.equal(await versionIn(uri), SCHEMA_VERSION);
    const newer = await databaseUri();
    await withRaw(newer, (connection) =>
      connection.collection("schema").insertOne({ _id: "schema" as never, version: SCHEMA_VERSION + 1 }),
    );
    await assert.rejects(
      open(newer),
      (error) => error instanceof DatabaseFault && error.message.includes(`schema version ${SCHEMA_VERSION + 1}`),
    );
    assert.deepEqual(await withRaw(newer, ({ db }) => collectionNames(db!)), ["schema"]);
  });

  it("may be later where it says that this code may work beside it, and is not changed then", async () => {
    const uri = await databaseUri();
    await (await open(uri)).close();
    const later = { version: SCHEMA_VERSION + 1, oldest: SCHEMA_VERSION };
    await withRaw(uri, (connection) => connection.collection("schema").updateOne({}, { $set: later }));
    for (const production of [false, true]) await (await openAs(uri, { production })).close();
    assert.equal(await versionIn(uri), SCHEMA_VERSION + 1);
  });
});

const openAs = (uri: string, change: Partial<Config>): Promise<Context> =>
  createContext({ ...config, ...change }, { log: capturedLog().log, databaseUri: uri, limits: CALM_DATABASE });

/** Runs the command on a production database. */
async function migrating(uri: string, ...words: string[]): Promise<{ code: number; said: string }> {
  let said = "";
  const overrides = { log: capturedLog().log, databaseUri: uri, limits: CALM_DATABASE };
  const print = (text: string) => {
    said += text;
  };
  return { code: await migrateCommand({ ...config, production: true }, words, print, overrides), said };
}

const refusal = (uri: string): Promise<string> =>
  openAs(uri, { production: true }).then(
    () => "",
    (error: Error) => (error instanceof DatabaseFault ? error.message : Promise.reject(error)),
  );

describe("in production", () => {
  it("a start makes neither shape nor indexes: it names the command that does", async () => {
    const uri = await databaseUri();
    assert.match(await refusal(uri), /schema version 0 .* needs 2: .*`npm run migrate`.*migrate-command\.js/);
    await withRaw(uri, (connection) =>
      connection.collection("schema").insertOne({ _id: "schema" as never, version: SCHEMA_VERSION }),
    );
    assert.match(await refusal(uri), /lacks the indexes blobs\.files\.\S+, .* and \d+ more: run `npm run migrate`/);
    const looked = await migrating(uri, "--check");
    assert.equal(looked.code, 1);
    assert.match(looked.said, /to do: index accidents\.dueAt_1\n/);
    const done = await migrating(uri);
    assert.equal(done.code, 0);
    const built = done.said.match(/^index \S+ \(\d+ of \d+\): \d+\.\d s$/gm) ?? [];
    assert.ok(built.some((line) => line.startsWith("index accidents.dueAt_1 (")));
    assert.match(built.at(-1) ?? "", new RegExp(` \\(${built.length} of ${built.length}\\): `));
    assert.equal(built.length, looked.said.match(/^to do: index /gm)?.length);
    await (await openAs(uri, { production: true })).close();
    const again = await migrating(uri);
    assert.deepEqual([again.code, again.said.split("\n").at(-2)], [0, "Nothing is to be done."]);
  });

  it("a migration that older processes cannot bear waits for the word that they are stopped", async () => {
    const uri = await databaseUri();
    await restoreOldDatabase(uri);
    const refused = await migrating(uri);
    assert.equal(refused.code, 1);
    assert.match(refused.said, /to do: migration 1-sealed-anew\n.*stop all of them, then run\n.*--all-stopped/s);
    assert.equal(await versionIn(uri), undefined);
    const done = await migrating(uri, "--all-stopped");
    assert.equal(done.code, 0);
    assert.match(done.said, /migration 1-sealed-anew: \d+ people, .*\d+ cases, .* s\n/);
    const ctx = await openAs(uri, { production: true });
    await assertWhole(ctx).finally(() => ctx.close());
  });

  it("what a forgotten process of the older version has written since is taken over by a repetition", async () => {
    const uri = await databaseUri();
    const [late = ""] = Object.keys(old.accidents);
    const rows = await readOldRows(0);
    const isLate = (row: object) => JSON.stringify(row).includes(late);
    await writeRows(
      uri,
      rows.filter((row) => !isLate(row)),
    );
    assert.equal((await migrating(uri, "--all-stopped")).code, 0);
    await writeRows(uri, rows.filter(isLate));
    const repeated = await migrating(uri, "--again");
    assert.equal(repeated.code, 0);
    const ctx = await openAs(uri, { production: true });
    await assertWhole(ctx).finally(() => ctx.close());
    assert.equal(await versionIn(uri), SCHEMA_VERSION);
  });

  it("words that the command does not know change nothing", async () => {
    const uri = await databaseUri();
    const { code, said } = await migrating(uri, "--force");
    assert.deepEqual([code, said.slice(0, 6)], [2, "usage:"]);
  });
});
