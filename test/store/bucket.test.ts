import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { after, before, describe, it } from "node:test";
import type { Connection } from "mongoose";
import type { BucketConfig } from "../../src/config.ts";
import { type BlobSettings, type Blobs, createBlobs } from "../../src/store/blobs.ts";
import { connect } from "../../src/store/connect.ts";
import { createVault, newAccidentKey } from "../../src/store/vault.ts";
import { standingClock } from "../support/clocks.ts";
import { closeDatabase, databaseUri, freePort } from "../support/database.ts";
import { listen } from "../support/platform-server.ts";
import { type S3Server, startS3 } from "../support/s3-server.ts";

const vault = createVault(randomBytes(32));
const owner = { id: "accident-1", key: newAccidentKey() };
let s3: S3Server;
let connection: Connection;

before(async () => {
  s3 = await startS3();
  connection = await connect(await databaseUri());
});
after(async () => {
  await connection.close();
  await s3.close();
  await closeDatabase();
});

const settingsOf = (bucket: BucketConfig): BlobSettings => ({
  storage: "s3",
  bucket,
  scrub: { perMinute: 1, everyDays: 1 },
});
const clock = standingClock();
const open = (bucket: Partial<BucketConfig> = {}) =>
  createBlobs(connection, { vault, now: () => clock.now(), settings: settingsOf({ ...s3.bucket, ...bucket }) });

/** Nobody finds anything of what was refused, and after half an hour there is nothing of it. */
async function assertNothingLeft(blobs: Blobs): Promise<void> {
  assert.deepEqual(await blobs.scrub.listAfter(null, 10), []);
  clock.advance(31 * 60_000);
  await blobs.sweep();
  assert.equal(await connection.collection("blobs.files").countDocuments({}), 0);
}

describe("a bucket that cannot be used is said at the start, by its fault", () => {
  const faults: [string, () => Promise<Partial<BucketConfig>>, string][] = [
    ["a key that nobody knows", async () => ({ accessKeyId: "NOBODY" }), "bucket-refused"],
    ["a wrong secret", async () => ({ secretAccessKey: "not-the-secret" }), "bucket-refused"],
    ["a bucket that is not there", async () => ({ name: "no-such-bucket" }), "bucket-missing"],
    ["a server that is away", async () => ({ endpoint: `http://127.0.0.1:${await freePort()}` }), "bucket-unreachable"],
  ];
  for (const [fault, changed, code] of faults)
    it(fault, async () => {
      const settings = await changed();
      const isUpstream = (error: Error & { code?: string }) => {
        assert.deepEqual([error.name, error.code], ["Upstream", code]);
        assert.ok(!JSON.stringify(error).includes("not-the-secret"));
        return true;
      };
      await assert.rejects(open(settings), isUpstream);
    });
});

it("a server that goes away loses nothing and leaves nothing half-written; it comes back and all is there", async () => {
  const blobs = await open();
  const kept = randomBytes(70_000);
  const sha256 = await blobs.save(owner, kept, "original");
  await s3.stop();
  const late = randomBytes(70_000);
  await assert.rejects(blobs.save(owner, late, "original"), { name: "Upstream", code: "bucket-unreachable" });
  await assert.rejects(blobs.read(owner, sha256), { name: "Upstream", code: "bucket-unreachable" });
  const [file] = await blobs.scrub.listAfter(null, 10);
  assert.ok(file);
  await assert.rejects(blobs.scrub.check(owner, file), { name: "Upstream" }, "away is not lost");
  assert.equal((await blobs.scrub.listAfter(null, 10)).length, 1);
  // whoever answers of a case that has had its time must not believe that its pictures are gone
  await assert.rejects(blobs.removeAll(owner.id), { name: "Upstream" });
  await s3.start();
  assert.ok((await blobs.read(owner, sha256)).equals(kept));
  await blobs.read(owner, await blobs.save(owner, late, "original"));
  await blobs.removeAll(owner.id);
  await assertNothingLeft(blobs);
  blobs.close();
});

describe("what goes over the wire", () => {
  type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

  /** A server that answers as it is told; the probe of the start passes. */
  async function stubborn(answer: Answer) {
    const seen: { method: string; url: string; headers: IncomingMessage["headers"] }[] = [];
    let probe = Buffer.alloc(0);
    const server = await listen(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      const body = Buffer.concat(parts);
      seen.push({ method: String(request.method), url: String(request.url), headers: request.headers });
      if (!request.url?.includes("/probe-")) return answer(request, response, body);
      if (request.method === "PUT") probe = body;
      response.end(request.method === "GET" ? probe : undefined);
    });
    return { ...server, seen };
  }

  const fault = (status: number, code: string): Answer => {
    return (_request, response) => {
      response.writeHead(status, { "content-type": "application/xml" });
      response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>-</Message></Error>`);
    };
  };

  it("is the plain protocol: no newer checksums, which OSS, COS and older servers refuse, and no list of who may read", async () => {
    const server = await stubborn((_request, response) => response.end());
    const blobs = await open({ endpoint: server.url });
    await blobs.save(owner, randomBytes(50_000), "original");
    const put = server.seen.findLast(({ method }) => method === "PUT");
    assert.match(String(put?.url), /^\/kuaichu-test\/evidence\/accident-1\/[0-9a-f]{24}/);
    const names = Object.keys(put?.headers ?? {});
    assert.deepEqual(
      names.filter((name) => /checksum|acl|trailer|transfer-encoding|content-encoding/.test(name)),
      [],
    );
    assert.equal(put?.headers["content-length"], String(50_000 + 33));
    await blobs.removeAll(owner.id);
    blobs.close();
    await server.close();
  });

  it("a bucket that is full is said as such, and nothing is half-written", async () => {
    for (const answer of [fault(507, "InsufficientStorage"), fault(403, "QuotaExceeded")]) {
      const server = await stubborn((request, response, body) =>
        request.method === "PUT" ? answer(request, response, body) : response.end(),
      );
      const blobs = await open({ endpoint: server.url });
      const saved = blobs.saveAll(owner, [
        { bytes: randomBytes(9_000), kind: "original" },
        { bytes: randomBytes(900), kind: "thumb" },
      ]);
      await assert.rejects(saved, { code: "storage-full", status: 503 });
      await assertNothingLeft(blobs);
      blobs.close();
      await server.close();
    }
  });

  it("one of three that does not get through is none of them", async () => {
    let puts = 0;
    const removed: string[] = [];
    const server = await stubborn((request, response) => {
      if (request.method === "DELETE") removed.push(String(request.url));
      if (request.method === "PUT" && ++puts === 2) return fault(400, "BadDigest")(request, response, Buffer.alloc(0));
      response.end();
    });
    const blobs = await open({ endpoint: server.url });
    const three = ["original", "copy", "thumb"] as const;
    const saved = blobs.saveAll(
      owner,
      three.map((kind) => ({ bytes: randomBytes(500), kind })),
    );
    await assert.rejects(saved, { code: "bucket-unreachable" });
    assert.equal(new Set(removed).size, 3);
    await assertNothingLeft(blobs);
    blobs.close();
    await server.close();
  });
});
