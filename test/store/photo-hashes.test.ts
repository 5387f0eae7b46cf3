import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import mongoose, { type Connection } from "mongoose";
import { createPhotoHashes, keysOf, MOST_CANDIDATES, type PhotoHashes } from "../../src/store/photo-hashes.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { capturedLog } from "../support/captured-log.ts";
import { closeDatabase, databaseUri } from "../support/database.ts";

let connection: Connection;
let hashes: PhotoHashes;
const { log, lines } = capturedLog();
before(async () => {
  connection = await mongoose.createConnection(await databaseUri()).asPromise();
  hashes = await createPhotoHashes(connection, log);
});
after(async () => {
  await connection.close();
  await closeDatabase();
});

const random = (): string => randomBytes(8).toString("hex");
const turned = (hash: string, ...bits: number[]): string =>
  bits
    .reduce((value, bit) => value ^ (1n << BigInt(63 - bit)), BigInt(`0x${hash}`))
    .toString(16)
    .padStart(16, "0");
let cases = 0;
async function noted(imageHash: string, accidentId = `case-${++cases}`): Promise<string> {
  await hashes.note({ accidentId, number: `KC20261123-${accidentId}`, photoId: "p1", imageHash });
  return accidentId;
}

describe("a picture of another case", () => {
  it("may be missed where very many are alike: that is counted and logged", async () => {
    const hash = random();
    await connection.collection<{ _id: string }>("photo_hashes").insertMany(
      Array.from({ length: MOST_CANDIDATES - 1 }, (_, n) => {
        return { _id: `many-${n}/p1`, number: `KC20261101-${n}`, hash, keys: keysOf(hash) };
      }),
    );
    await hashes.findLike({ accidentId: "now", imageHash: hash });
    assert.equal(hashes.countLimitMet(), 0);
    await noted(hash);
    await hashes.findLike({ accidentId: "now", imageHash: hash });
    assert.equal(hashes.countLimitMet(), 1);
    const said = lines.filter((line) => line.includes("photos.likeness-limit-met"));
    assert.deepEqual(
      said.map((line) => JSON.parse(line)).map(({ accidentId, limit }) => [accidentId, limit]),
      [["now", MOST_CANDIDATES]],
    );
  });

  it("is found whichever four bits differ", async () => {
    const hash = random();
    const earlier = await noted(hash);
    for (let round = 0; round < 60; round++) {
      const bits = [...new Set(Array.from({ length: round % 5 }, () => Math.floor(Math.random() * 64)))];
      const found = await hashes.findLike({ accidentId: "now", imageHash: turned(hash, ...bits) });
      assert.equal(found?.accidentId, earlier, `bits ${bits}`);
      assert.deepEqual([found?.photoId, found?.number], ["p1", `KC20261123-${earlier}`]);
    }
  });

  it("is one that differs in more than a copy does, not", async () => {
    const hash = random();
    await noted(hash);
    const others = [turned(hash, 0, 1, 2, 3, 4, 5, 6), turned(hash, 3, 13, 23, 33, 43, 53, 63), random(), random()];
    for (const imageHash of others) assert.equal(await hashes.findLike({ accidentId: "now", imageHash }), null);
  });

  it("is never one of the case itself", async () => {
    const hash = random();
    const own = await noted(hash);
    assert.equal(await hashes.findLike({ accidentId: own, imageHash: hash }), null);
    assert.equal((await hashes.findLike({ accidentId: `${own}0`, imageHash: hash }))?.accidentId, own);
  });

  it("is the most like one of several, of equal ones the oldest", async () => {
    const hash = random();
    const [first, second] = [await noted(turned(hash, 9)), await noted(turned(hash, 9))];
    assert.equal((await hashes.findLike({ accidentId: "now", imageHash: hash }))?.accidentId, first);
    const nearer = await noted(hash);
    assert.equal((await hashes.findLike({ accidentId: "now", imageHash: hash }))?.accidentId, nearer);
    assert.notEqual(first, second);
  });

  it("says nothing where it is night", async () => {
    await noted("0000000000000000");
    assert.equal(await hashes.findLike({ accidentId: "now", imageHash: "0000000000000001" }), null);
  });

  it("stands there once, however often it was noted", async () => {
    const hash = random();
    const own = await noted(hash);
    await noted(turned(hash, 5), own);
    const documents = await connection
      .collection("photo_hashes")
      .find({ _id: `${own}/p1` as never })
      .toArray();
    assert.deepEqual(
      documents.map((one) => one.hash),
      [turned(hash, 5)],
    );
  });

  it("is looked for by an index: fifteen numbers, of which two alike pictures share one", () => {
    const hash = random();
    assert.equal(new Set(keysOf(hash)).size, 15);
    assert.ok(keysOf(hash).every((key) => Number.isSafeInteger(key) && key >= 0));
    assert.ok(keysOf(turned(hash, 0, 11, 22, 33)).some((key) => keysOf(hash).includes(key)));
  });
});

describe("when its case is erased", () => {
  let app: TestApp;
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  it("nothing of its pictures is left", async () => {
    const hash = random();
    await app.ctx.photoHashes.note({ accidentId: "gone", number: "KC1", photoId: "p", imageHash: hash });
    await app.ctx.photoHashes.note({ accidentId: "gone2", number: "KC2", photoId: "p", imageHash: turned(hash, 1) });
    await app.ctx.retention.erase("gone");
    assert.equal((await app.ctx.photoHashes.findLike({ accidentId: "now", imageHash: hash }))?.number, "KC2");
    await app.ctx.retention.erase("gone2");
    assert.equal(await app.ctx.photoHashes.findLike({ accidentId: "now", imageHash: hash }), null);
  });
});
