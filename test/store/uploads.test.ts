import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import type { Connection } from "mongoose";
import { connect } from "../../src/store/connect.ts";
import { createUploads, UPLOAD_KEPT_MS, type Upload, type Uploads } from "../../src/store/uploads.ts";
import { createVault, newAccidentKey } from "../../src/store/vault.ts";
import { standingClock } from "../support/clocks.ts";
import { closeDatabase, databaseUri } from "../support/database.ts";

const PIECE = 256 * 1024;
const vault = createVault(randomBytes(32));
const clock = standingClock();
const now = () => clock.now();

describe("pieces of pictures", () => {
  const connections: Connection[] = [];
  let [a, b]: Uploads[] = [];
  before(async () => {
    const uri = await databaseUri();
    // Two processes.
    connections.push(await connect(uri), await connect(uri));
    [a, b] = await Promise.all(connections.map((connection) => createUploads(connection, vault, now)));
  });
  after(async () => {
    for (const connection of connections) await connection.close();
    await closeDatabase();
  });

  const picture = (bytes: number) => {
    const whole = randomBytes(bytes);
    const pieces = Array.from({ length: Math.ceil(bytes / PIECE) }, (_, n) =>
      whole.subarray(n * PIECE, n * PIECE + PIECE),
    );
    const sha256 = createHash("sha256").update(whole).digest("hex");
    const upload: Upload = {
      accident: { id: `case${randomBytes(4).toString("hex")}`, key: newAccidentKey() },
      personId: "p",
      sha256,
    };
    return { upload, whole, pieces, size: { bytes, pieces: pieces.length } };
  };

  it("are put together in their order, whoever took them, in whatever order and however often they came", async () => {
    const { upload, whole, pieces, size } = picture(11 * PIECE + 77);
    const order = [...pieces.keys(), ...pieces.keys()].sort((m, n) => ((m * 7) % 12) - ((n * 7) % 12));
    await Promise.all(order.map((n, turn) => (turn % 2 ? a! : b!).save(upload, n, pieces[n]!)));
    assert.deepEqual((await b!.kept(upload)).numbers, [...pieces.keys()]);
    assert.ok((await a!.read(upload, size))?.equals(whole));
  });

  it("are no picture while one is missing, wherever it stood", async () => {
    const { upload, whole, pieces, size } = picture(3 * PIECE);
    for (const missing of [0, 1, 2]) {
      await a!.remove(upload);
      for (const n of [0, 1, 2]) if (n !== missing) await a!.save(upload, n, pieces[n]!);
      assert.equal(await b!.read(upload, size), null);
      assert.equal(await b!.has(upload, missing), false);
      await b!.save(upload, missing, pieces[missing]!);
      assert.ok((await a!.read(upload, size))?.equals(whole));
    }
  });

  it("that come again take the place of what was there", async () => {
    const { upload, whole, pieces, size } = picture(PIECE + 1);
    await a!.save(upload, 0, randomBytes(PIECE));
    await a!.save(upload, 1, randomBytes(1));
    await b!.save(upload, 0, pieces[0]!);
    await b!.save(upload, 1, pieces[1]!);
    assert.ok((await a!.read(upload, size))?.equals(whole));
  });

  it("never give more bytes than the picture was said to have, nor fewer pieces", async () => {
    const { upload, whole, pieces } = picture(3 * PIECE);
    for (const n of [0, 1, 2]) await a!.save(upload, n, pieces[n]!);
    assert.equal((await a!.read(upload, { bytes: PIECE + 5, pieces: 2 }))?.compare(whole.subarray(0, PIECE + 5)), 0);
    assert.equal(await a!.read(upload, { bytes: 4 * PIECE, pieces: 4 }), null);
  });

  it("of another person, case or picture are others", async () => {
    const { upload, pieces } = picture(PIECE);
    await a!.save(upload, 0, pieces[0]!);
    const { upload: other } = picture(PIECE);
    for (const foreign of [
      { ...upload, personId: "q" },
      { ...upload, accident: other.accident },
      { ...upload, sha256: other.sha256 },
    ]) {
      assert.deepEqual((await a!.kept(foreign)).numbers, []);
      await a!.remove(foreign);
    }
    assert.deepEqual((await a!.kept(upload)).numbers, [0]);
  });

  it("do not open under another accident's key, nor as another piece", async () => {
    const { upload, pieces } = picture(2 * PIECE);
    for (const n of [0, 1]) await a!.save(upload, n, pieces[n]!);
    const size = { bytes: 2 * PIECE, pieces: 2 };
    const stolen = { ...upload, accident: { ...upload.accident, key: newAccidentKey() } };
    assert.equal(await a!.read(stolen, size), null);
    const collection = connections[0]!.collection<{ _id: string; sealed: { buffer: Uint8Array } }>("uploads");
    const [first, second] = await collection
      .find({ _id: { $gte: upload.accident.id } }, { sort: { _id: 1 }, limit: 2 })
      .toArray();
    assert.equal(Buffer.from(first!.sealed.buffer).includes(pieces[0]!.subarray(0, 32)), false);
    await collection.updateOne({ _id: second!._id }, { $set: { sealed: first!.sealed } });
    assert.equal(await a!.read(upload, size), null);
  });

  it("are not there after their hour, whether or not anything has purged them, and may come anew", async () => {
    const { upload, whole, pieces, size } = picture(2 * PIECE);
    await a!.save(upload, 0, pieces[0]!);
    clock.advance(UPLOAD_KEPT_MS / 2);
    await a!.save(upload, 1, pieces[1]!);
    clock.advance(UPLOAD_KEPT_MS / 2);
    assert.deepEqual((await a!.kept(upload)).numbers, [1]);
    assert.equal(await a!.has(upload, 0), false);
    assert.equal(await a!.read(upload, size), null);
    await b!.save(upload, 0, pieces[0]!);
    assert.ok((await a!.read(upload, size))?.equals(whole));
  });

  it("are removed when their hour is over, those that still wait stay", async () => {
    await a!.removeExpired();
    clock.advance(UPLOAD_KEPT_MS);
    const [old, young] = [picture(PIECE), picture(PIECE)];
    await a!.removeExpired();
    await a!.save(old.upload, 0, old.pieces[0]!);
    clock.advance(UPLOAD_KEPT_MS - 60_000);
    await a!.save(young.upload, 0, young.pieces[0]!);
    assert.equal(await a!.removeExpired(), 0);
    clock.advance(60_000);
    assert.equal(await b!.removeExpired(), 1);
    assert.deepEqual((await b!.kept(young.upload)).numbers, [0]);
    assert.equal(await connections[0]!.collection("uploads").countDocuments({}), 1);
  });
});
