import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import mongoose, { type Connection } from "mongoose";
import { scrubFile } from "../../src/actions/scrub-file.ts";
import type { Accident, ChainedEvent } from "../../src/domain/accident.ts";
import { createJobs } from "../../src/jobs/jobs.ts";
import { scrubCommand } from "../../src/jobs/scrub-command.ts";
import { firstBrokenEvent } from "../../src/store/event-chain.ts";
import { placeIn } from "../../src/store/shapes.ts";
import { readyPair } from "../h5/settle-driver.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";

const MONTH_MS = 30 * 86_400_000;
let app: TestApp;
let connection: Connection;
let accident: Accident;
let names: string[];

/** A case of which a photograph and a paper are real files. */
before(async () => {
  app = await startApp();
  connection = await mongoose.createConnection(app.databaseUri).asPromise();
  const { id } = await readyPair(app);
  const { ctx } = app;
  const opened = await ctx.accidents.get(id);
  names = await ctx.blobs.saveAll(opened, [
    { bytes: Buffer.from("as received"), kind: "original" },
    { bytes: Buffer.from("smaller"), kind: "thumb" },
    { bytes: Buffer.from("%PDF-1.7"), kind: "agreement-pdf" },
  ]);
  const [sha256 = "", thumbSha256 = ""] = names;
  accident = await ctx.accidents.change(id, (current) => ({
    accident: {
      ...current,
      photos: current.photos.map((photo, n) => (n === 0 ? { ...photo, sha256, thumbSha256 } : photo)),
    },
    events: [],
  }));
});
after(async () => {
  await connection.close();
  await app.stop();
  await closeDatabase();
});

const fileNamed = (n: number) =>
  connection.collection("blobs.files").findOne({ filename: `${accident.id}/${names[n]}` });

async function spoil(n: number): Promise<void> {
  const file = await fileNamed(n);
  await connection
    .collection("blobs.chunks")
    .updateOne({ files_id: file?._id as never }, { $set: { data: Buffer.alloc(60) } });
}

const damageEvents = (events: ChainedEvent[]) => events.filter(({ type }) => type.endsWith("-damaged"));
async function health() {
  const { status, damagedFiles } = (await (await fetch(`${app.url}/readyz`)).json()) as Record<string, unknown>;
  return { status, damagedFiles };
}
const errors = () =>
  app
    .logged()
    .split("\n")
    .filter((line) => line.includes("file.lost"));

/** One file a round, as the clock's door does it. */
async function everyFileOnce(): Promise<void> {
  app.clock.advance(MONTH_MS);
  const { scrub } = app.ctx.blobs;
  for (let file = await scrub.claim(); file; file = await scrub.claim()) await scrubFile(app.ctx, file);
}

test("what is whole is remembered as looked at, and nothing else happens", async () => {
  await everyFileOnce();
  for (const n of [0, 1, 2])
    assert.equal((await fileNamed(n))?.["checkedAt"].getTime() > accident.openedAt.getTime(), true);
  assert.deepEqual(await health(), { status: "ok", damagedFiles: 0 });
  assert.deepEqual(errors(), []);
  assert.deepEqual(damageEvents((await app.ctx.accidents.get(accident.id)).events), []);
});

test("damage and loss are said once: in the log by ids, in the health, in the record of the accident", async () => {
  const { ctx } = app;
  await spoil(0);
  await connection.collection("blobs.chunks").deleteMany({ files_id: (await fileNamed(2))?._id as never });
  await everyFileOnce();
  await everyFileOnce();
  const { events, photos, key } = await ctx.accidents.get(accident.id);
  assert.deepEqual(
    damageEvents(events).map(({ type, by, data }) => ({ type, by, ...data })),
    [
      {
        type: "photo-damaged",
        by: "system",
        part: "original",
        photo: photos[0]?.id,
        digest: ctx.vault.digest(key, String(names[0])),
      },
      { type: "paper-damaged", by: "system", kind: "agreement-pdf", digest: ctx.vault.digest(key, String(names[2])) },
    ],
  );
  assert.equal(firstBrokenEvent(accident.id, events), null);
  assert.deepEqual(
    errors().map((line) => JSON.parse(line).code),
    ["file-damaged", "file-missing"],
  );
  for (const name of names) assert.ok(!errors().join().includes(name), "a hash of a photograph is not logged");
  assert.deepEqual(await health(), { status: "ok", damagedFiles: 2 });
});

test("the operator sees what is lost, puts it back, and sees that it is whole again", async () => {
  const { ctx } = app;
  let said = "";
  const run = (...words: string[]) => {
    said = "";
    return scrubCommand(ctx, words, (text) => {
      said += text;
    });
  };
  assert.equal(await run("--all"), 1);
  assert.match(said, /\tagreement-pdf\tmissing\n(.*\n)*1 whole, 1 damaged, 1 missing\n$/);
  for (const [n, plain] of [
    [0, "as received"],
    [2, "%PDF-1.7"],
  ] as const) {
    const sealed = ctx.vault.seal(accident.key, placeIn("blobs", accident.id, `${names[n]}`), Buffer.from(plain));
    const filesId = (await fileNamed(n))?._id as never;
    await connection.collection("blobs.chunks").deleteMany({ files_id: filesId });
    await connection.collection("blobs.chunks").insertOne({ files_id: filesId, n: 0, data: sealed });
  }
  assert.equal(await run("--damaged"), 0);
  assert.equal(said, "2 whole, 0 damaged, 0 missing\n");
  assert.deepEqual(await health(), { status: "ok", damagedFiles: 0 });
  assert.equal(await run(), 2);
  assert.match(said, /^usage/);
});

test("one round of the jobs looks at one file", async () => {
  app.clock.advance(MONTH_MS);
  const due = async () => connection.collection("blobs.files").countDocuments({ scrubAt: { $lte: app.clock.now() } });
  const before = await due();
  assert.ok(before >= 3);
  await createJobs(app.ctx).settle();
  assert.ok((await due()) < before);
});
