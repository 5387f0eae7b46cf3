import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Connection } from "mongoose";
import { CHUNK_BYTES, createGridfs } from "../../src/store/blob-gridfs.ts";
import { newUploadId } from "../../src/store/blob-keeper.ts";
import { createRegister } from "../../src/store/blob-register.ts";
import { type BlobSettings, type Blobs, createBlobs, sha256Of } from "../../src/store/blobs.ts";
import { connect } from "../../src/store/connect.ts";
import { createVault, newAccidentKey } from "../../src/store/vault.ts";
import { type ManualClock, standingClock } from "../support/clocks.ts";
import { closeDatabase, databaseUri } from "../support/database.ts";
import { type S3Server, startS3 } from "../support/s3-server.ts";

const vault = createVault(randomBytes(32));
const SCRUB = { perMinute: 20, everyDays: 30 };
const DAY_MS = 86_400_000;
let s3: S3Server;

before(async () => {
  s3 = await startS3();
});
after(async () => {
  await s3.close();
  await closeDatabase();
});

interface House {
  connection: Connection;
  blobs: Blobs;
  clock: ManualClock;
  /** on the same database, as after a restart with other settings */
  reopened(settings: Partial<BlobSettings>): Promise<Blobs>;
  close(): Promise<void>;
}

async function openHouse(settings: Partial<BlobSettings>): Promise<House> {
  const connection = await connect(await databaseUri());
  const clock = standingClock();
  const opened: Blobs[] = [];
  const reopened = async (changed: Partial<BlobSettings>) => {
    const all: BlobSettings = { storage: "gridfs", bucket: null, scrub: SCRUB, ...changed };
    const blobs = await createBlobs(connection, { vault, now: () => clock.now(), settings: all });
    opened.push(blobs);
    return blobs;
  };
  return {
    connection,
    clock,
    reopened,
    blobs: await reopened(settings),
    async close() {
      for (const blobs of opened) blobs.close();
      await connection.close();
    },
  };
}

const newOwner = () => ({ id: randomBytes(9).toString("base64url"), key: newAccidentKey() });

/** Files of the bucket, as its owner sees them. */
async function objects(): Promise<string[]> {
  const found = await readdir(s3.dir, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.name.endsWith("._S3rver_object")).map((e) => join(e.parentPath, e.name));
}

/** Differences of one keeper: how many pieces it holds, and how its disk damages or loses them. */
interface Place {
  name: string;
  settings(): Partial<BlobSettings>;
  count(house: House): Promise<number>;
  spoil(house: House): Promise<void>;
  lose(house: House): Promise<void>;
  contents(house: House): Promise<Buffer>;
}

const chunksOf = ({ connection }: House) => connection.collection("blobs.chunks");

const GRIDFS: Place = {
  name: "GridFS",
  settings: () => ({}),
  count: (house) => chunksOf(house).countDocuments({}),
  async spoil(house) {
    const chunk = await chunksOf(house).findOne({});
    const data = Buffer.from(chunk?.["data"].buffer);
    data[100] = (data[100] ?? 0) ^ 1;
    await chunksOf(house).updateOne({ _id: chunk?._id as never }, { $set: { data } });
  },
  lose: async (house) => void (await chunksOf(house).deleteMany({})),
  contents: async (house) => Buffer.concat((await chunksOf(house).find({}).toArray()).map(({ data }) => data.buffer)),
};

const PLACES: Place[] = [
  GRIDFS,
  {
    name: "a bucket",
    settings: () => ({ storage: "s3", bucket: s3.bucket }),
    count: async () => (await objects()).length,
    async spoil() {
      const [path = ""] = await objects();
      const data = await readFile(path);
      data[100] = (data[100] ?? 0) ^ 1;
      await writeFile(path, data);
    },
    lose: async () => void (await Promise.all((await objects()).map((path) => rm(path)))),
    contents: async () => Buffer.concat(await Promise.all((await objects()).map((path) => readFile(path)))),
  },
];

for (const place of PLACES) {
  describe(`files in ${place.name}`, () => {
    let house: House;
    before(async () => {
      house = await openHouse(place.settings());
    });
    after(() => house.close());

    it("come back to the last bit, whatever their size, several in one go", async () => {
      const owner = newOwner();
      const sizes = [0, 1, CHUNK_BYTES - 28, CHUNK_BYTES - 27, 3 * CHUNK_BYTES + 5];
      const all = sizes.map((size) => ({ bytes: randomBytes(size), kind: "original" as const }));
      const names = await house.blobs.saveAll(owner, all);
      assert.deepEqual(
        names,
        all.map(({ bytes }) => sha256Of(bytes)),
      );
      for (const [n, { bytes }] of all.entries())
        assert.ok((await house.blobs.read(owner, String(names[n]))).equals(bytes));
      await house.blobs.removeAll(owner.id);
      assert.equal(await place.count(house), 0);
    });

    it("are kept once for each accident, and read with its own key only", async () => {
      const [owner, other] = [newOwner(), newOwner()];
      const bytes = randomBytes(20_000);
      const sha256 = await house.blobs.save(owner, bytes, "original");
      const held = await place.count(house);
      assert.equal(await house.blobs.save(owner, bytes, "copy"), sha256);
      await house.blobs.saveAll(owner, [
        { bytes, kind: "original" },
        { bytes, kind: "thumb" },
      ]);
      assert.equal(await place.count(house), held);
      await assert.rejects(house.blobs.read(other, sha256), { name: "NotFound" });
      await assert.rejects(house.blobs.read(owner, "0".repeat(64)), { name: "NotFound" });
      await assert.rejects(house.blobs.read({ ...owner, key: other.key }, sha256));
      await house.blobs.save(other, bytes, "original");
      assert.equal(await place.count(house), held * 2);
      await house.blobs.removeAll(owner.id);
      assert.ok((await house.blobs.read(other, sha256)).equals(bytes));
      await house.blobs.removeAll(other.id);
    });

    it("say nothing to whoever owns the place", async () => {
      const owner = newOwner();
      const bytes = Buffer.alloc(5_000, "沪A12345 ");
      const sha256 = await house.blobs.save(owner, bytes, "original");
      const contents = await place.contents(house);
      assert.ok(contents.length >= bytes.length);
      assert.ok(!contents.includes("沪A12345"));
      // whoever has the picture cannot ask whether it is here
      assert.ok(!(await objects()).some((path) => path.includes(sha256)));
      await house.blobs.removeAll(owner.id);
    });

    it("that a disk has spoilt are never given out, are told apart from lost ones, and are kept anew", async () => {
      const owner = newOwner();
      const bytes = randomBytes(30_000);
      const sha256 = await house.blobs.save(owner, bytes, "original");
      const { scrub } = house.blobs;
      const [file] = await scrub.listAfter(null, 1);
      assert.ok(file);
      assert.equal(await scrub.check(owner, file), "whole");
      await place.spoil(house);
      await assert.rejects(house.blobs.read(owner, sha256), /does not match/);
      assert.equal(await scrub.check(owner, file), "damaged");
      await place.lose(house);
      await assert.rejects(house.blobs.read(owner, sha256), /not where it was kept/);
      assert.equal(await scrub.check(owner, file), "missing");
      await scrub.note(file, "missing");
      assert.equal(await scrub.countDamaged(), 1);
      await house.blobs.save(owner, bytes, "original");
      assert.ok((await house.blobs.read(owner, sha256)).equals(bytes));
      await house.blobs.removeAll(owner.id);
      assert.equal(await scrub.countDamaged(), 0);
    });

    it("are looked at in turn, the oldest check first, each once in its time, and by one process at once", async () => {
      const owner = newOwner();
      const shas: string[] = [];
      for (let n = 0; n < 3; n++) {
        shas.push(await house.blobs.save(owner, randomBytes(100), "thumb"));
        house.clock.advance(1_000);
      }
      const { scrub } = house.blobs;
      assert.equal(await scrub.claim(), null, "what was just written needs no check");
      house.clock.advance(SCRUB.everyDays * DAY_MS);
      const [first, second] = [await scrub.claim(), await scrub.claim()];
      assert.deepEqual([first?.sha256, second?.sha256], shas.slice(0, 2));
      assert.ok(first);
      await scrub.note(first, "whole");
      assert.equal((await scrub.claim())?.sha256, shas[2]);
      assert.equal(await scrub.claim(), null);
      // whoever had taken the second and the third has died over them
      house.clock.advance(601_000);
      assert.deepEqual([(await scrub.claim())?.sha256, (await scrub.claim())?.sha256], shas.slice(1));
      const again = (await scrub.listAfter(null, 10)).find(({ sha256 }) => sha256 === first.sha256);
      assert.ok(again?.checkedAt && first.checkedAt && again.checkedAt > first.checkedAt);
      await house.blobs.removeAll(owner.id);
    });
  });
}

/** The database may still be writing what a killed process had sent; a sweep comes half an hour later. */
async function everythingHasArrived(connection: Connection): Promise<void> {
  const count = () => connection.collection("blobs.chunks").countDocuments({});
  for (let before = -1, now = await count(); before !== now; before = now, now = await count()) await sleep(500);
}

describe("an upload that was cut off", () => {
  let house: House;
  before(async () => {
    house = await openHouse({});
  });
  after(() => house.close());

  /** Leaves what a process leaves that is killed between the bytes and their name. */
  async function cutOff() {
    const { connection, clock } = house;
    const register = await createRegister(connection, { chunkSize: CHUNK_BYTES, now: () => clock.now() });
    const upload = { id: newUploadId(), accidentId: newOwner().id };
    await register.begin([upload], "gridfs", clock.now());
    const sealed = randomBytes(CHUNK_BYTES);
    await (await createGridfs(connection)).save([{ ...upload, pieces: [1, 2, 3].map(() => sealed), sealed }]);
    const facts = { sha256: "ab".repeat(32), kind: "original" as const, bytes: 1, length: 1 };
    return { finish: () => register.finish([{ ...upload, ...facts }]) };
  }

  it("leaves nothing that anybody finds, and nothing at all after an hour", async () => {
    await cutOff();
    assert.deepEqual(await house.blobs.scrub.listAfter(null, 10), []);
    assert.equal(await house.blobs.scrub.claim(), null);
    house.clock.advance(29 * 60_000);
    assert.equal(await house.blobs.sweep(), 0, "it may still be under way");
    house.clock.advance(2 * 60_000);
    assert.equal(await house.blobs.sweep(), 1);
    assert.equal(await chunksOf(house).countDocuments({}), 0);
    assert.equal(await house.connection.collection("blobs.files").countDocuments({}), 0);
  });

  it("is no file when it wakes up after its time: the sweep was quicker", async () => {
    const { finish } = await cutOff();
    house.clock.advance(31 * 60_000);
    await house.blobs.sweep();
    assert.equal(await finish(), false);
    assert.deepEqual(await house.blobs.scrub.listAfter(null, 10), []);
  });

  it("by a kill at any moment: what was called safe is whole, and of the rest nothing remains", async (t) => {
    const script = fileURLToPath(new URL("./upload-until-killed.js", import.meta.url));
    const key = randomBytes(32);
    const uri = await databaseUri();
    const safe: string[] = [];
    for (let round = 0; round < 4; round++) {
      const child = spawn(process.execPath, [script, uri, key.toString("hex")], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const lines = createInterface({ input: child.stdout });
      const { value } = await lines[Symbol.asyncIterator]().next();
      lines.on("line", (line) => safe.push(...line.split(" ")));
      safe.push(...String(value).split(" "));
      setTimeout(() => child.kill("SIGKILL"), randomInt(60));
      await once(child, "close");
    }
    const connection = await connect(uri);
    t.after(() => connection.close());
    await everythingHasArrived(connection);
    const later = () => new Date(Date.now() + 31 * 60_000);
    const settings = { storage: "gridfs", bucket: null, scrub: SCRUB } as const;
    const blobs = await createBlobs(connection, { vault: createVault(key), now: later, settings });
    await blobs.sweep();
    const files = await blobs.scrub.listAfter(null, 1_000);
    const named = files.map(({ sha256 }) => sha256);
    assert.deepEqual(
      safe.filter((name) => !named.includes(name)),
      [],
    );
    for (const file of files) assert.equal(await blobs.scrub.check({ id: "killed", key }, file), "whole");
    const chunks = await connection.collection("blobs.chunks").find({}).toArray();
    assert.deepEqual(
      new Set(chunks.map((chunk) => String(chunk["files_id"]))),
      new Set(files.map(({ id }) => String(id))),
    );
    assert.equal(await connection.collection("blobs.files").countDocuments({}), files.length);
  });

  it("is left alone by the sweep once it is whole", async () => {
    const owner = newOwner();
    const sha256 = await house.blobs.save(owner, randomBytes(10), "thumb");
    house.clock.advance(DAY_MS);
    assert.equal(await house.blobs.sweep(), 0);
    await house.blobs.read(owner, sha256);
    await house.blobs.removeAll(owner.id);
  });
});

it("a change of the place loses nothing: each file is read, checked and removed where it lies", async () => {
  const house = await openHouse({});
  const owner = newOwner();
  const [old, young] = [randomBytes(500), randomBytes(500)];
  const oldSha = await house.blobs.save(owner, old, "original");
  const moved = await house.reopened({ storage: "s3", bucket: s3.bucket });
  const youngSha = await moved.save(owner, young, "original");
  assert.equal((await objects()).length, 1);
  const back = await house.reopened({ storage: "gridfs", bucket: s3.bucket });
  for (const blobs of [moved, back]) {
    assert.ok((await blobs.read(owner, oldSha)).equals(old));
    assert.ok((await blobs.read(owner, youngSha)).equals(young));
    for (const file of await blobs.scrub.listAfter(null, 10))
      assert.equal(await blobs.scrub.check(owner, file), "whole");
  }
  // the settings of the bucket were taken out too early
  await assert.rejects(house.blobs.read(owner, youngSha), { name: "Upstream", code: "bucket-not-configured" });
  await back.removeAll(owner.id);
  assert.deepEqual([(await objects()).length, await chunksOf(house).countDocuments({})], [0, 0]);
  await house.close();
});
