import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { resendDelivery } from "../../src/actions/resend-delivery.ts";
import type { Accident } from "../../src/domain/accident.ts";
import { type ClaimsHouse, openClaimsHouse } from "../support/claims-house.ts";
import { closeDatabase } from "../support/database.ts";
import { startS3 } from "../support/s3-server.ts";

const WEEK_MS = 7 * 86_400_000;
let house: ClaimsHouse;
let accident: Accident;
let photoSha: string;
let pdfSha: string;
let signatureSha: string;
const photo = Buffer.from([0xff, 0xd8, 0xff, 0xe0, ...Buffer.from("the bytes as received")]);

before(async () => {
  house = await openClaimsHouse();
  const { ctx } = house;
  accident = await house.conclude();
  photoSha = await ctx.blobs.save(accident, photo, "original");
  pdfSha = await ctx.blobs.save(accident, Buffer.from("%PDF-1.7"), "agreement-pdf");
  signatureSha = await ctx.blobs.save(accident, Buffer.from("a drawn name"), "signature");
  accident = await ctx.accidents.change(accident.id, (current) => ({
    accident: {
      ...current,
      photos: current.photos.map((p, index) => (index === 0 ? { ...p, sha256: photoSha } : p)),
      documents: current.documents && { ...current.documents, pdfSha256: pdfSha },
    },
    events: [],
  }));
});
after(async () => {
  await house.close();
  await closeDatabase();
});

const link = (sha256: string) => house.ctx.insurers.evidence.url(accident.id, sha256);

describe("evidence behind a signed link", () => {
  it("is the photograph as received, never kept by what lies between, never run", async () => {
    const response = await fetch(link(photoSha));
    assert.equal(response.status, 200);
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), photo);
    const headers = ["content-type", "x-content-type-options", "cache-control"].map((name) =>
      response.headers.get(name),
    );
    assert.deepEqual(headers, ["image/jpeg", "nosniff", "no-store"]);
    assert.match(response.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  });

  it("is the agreement as PDF", async () => {
    const response = await fetch(link(pdfSha));
    assert.deepEqual([response.status, response.headers.get("content-type")], [200, "application/pdf"]);
  });

  it("is nothing else of the accident, however well it is signed", async () => {
    assert.equal((await fetch(link(signatureSha))).status, 404);
    assert.equal((await fetch(link("0".repeat(64)))).status, 404);
    const elsewhere = await house.conclude();
    assert.equal((await fetch(house.ctx.insurers.evidence.url(elsewhere.id, photoSha))).status, 404);
  });

  it("is refused without, with another's or with an old signature", async () => {
    const url = new URL(link(photoSha));
    const variants = [
      url.origin + url.pathname,
      link(photoSha).replace(photoSha, pdfSha),
      link(photoSha).replace(accident.id, "someone-elses"),
      link(photoSha).replace(/signature=.*/, `signature=${"A".repeat(43)}`),
      `${link(photoSha)}&signature=x`,
      link(photoSha).replace(/expires=\d+/, "expires=99999999999"),
    ];
    for (const variant of variants) assert.equal((await fetch(variant)).status, 401, variant);
  });

  it("is refused a week after the claims were delivered", async () => {
    const old = link(photoSha);
    await house.jobs.settle();
    house.clock.advance(WEEK_MS);
    assert.equal((await fetch(old)).status, 200);
    house.clock.advance(1_000);
    assert.equal((await fetch(old)).status, 401);
  });

  it("is there for a claim that was held for weeks: the bytes are the same, the week begins when it is delivered", async () => {
    const { ctx, insurers, clock, jobs } = house;
    insurers.setMode("PICC", { kind: "status", status: 403 });
    const held = await house.conclude({ insurers: { A: "PICC", B: "PICC" } });
    const original = await ctx.blobs.save(held, photo, "original");
    await ctx.accidents.change(held.id, (current) => ({
      accident: { ...current, photos: current.photos.map((one, n) => (n === 0 ? { ...one, sha256: original } : one)) },
      events: [],
    }));
    const url = ctx.insurers.evidence.url(held.id, original);
    await jobs.settle();
    clock.advance(3 * WEEK_MS);
    insurers.setMode("PICC", { kind: "normal" });
    const waiting = (await ctx.deliveries.listUndelivered(100)).filter(({ state }) => state === "held");
    for (const { _id } of waiting) await resendDelivery(ctx, { id: _id });
    await jobs.settle();
    assert.ok(held.claims.every(({ ref }) => insurers.find(ref)?.deliveries === 1));
    clock.advance(WEEK_MS);
    assert.equal((await fetch(url)).status, 200);
    clock.advance(1_000);
    assert.equal((await fetch(url)).status, 401);
  });
});

it("an insurer who comes while the bucket is away is asked to come again, and then gets the photograph", async () => {
  const s3 = await startS3();
  const bucketHouse = await openClaimsHouse(() => ({ storage: "s3", bucket: s3.bucket }));
  const { ctx } = bucketHouse;
  const concluded = await bucketHouse.conclude();
  const sha256 = await ctx.blobs.save(concluded, photo, "original");
  await ctx.accidents.change(concluded.id, (current) => ({
    accident: { ...current, photos: current.photos.map((one, n) => (n === 0 ? { ...one, sha256 } : one)) },
    events: [],
  }));
  const url = ctx.insurers.evidence.url(concluded.id, sha256);
  await s3.stop();
  const away = await fetch(url);
  assert.equal(away.status, 503);
  assert.ok(Number(away.headers.get("retry-after")) > 0);
  assert.ok(bucketHouse.lines.some((line) => line.includes("bucket-unreachable")));
  await s3.start();
  assert.deepEqual(Buffer.from(await (await fetch(url)).arrayBuffer()), photo);
  await bucketHouse.close();
  await s3.close();
});

describe("the other pages for machines", () => {
  it("say that the process lives and the database answers", async () => {
    for (const [path, more] of [
      ["/healthz", {}],
      ["/readyz", { damagedFiles: 0, clockDifferenceMs: 0 }],
    ] as const) {
      const response = await fetch(house.url + path);
      assert.equal(response.status, 200);
      const said = (await response.json()) as Record<string, unknown>;
      for (const [name, value] of Object.entries({ status: "ok", ...more })) assert.equal(said[name], value, name);
    }
  });

  it("serve both schemas by name and nothing beside them", async () => {
    for (const name of [
      "claim.submitted.v1.json",
      "claim.submitted.v2.json",
      "claim.status.v1.json",
      "endpoint.ping.v1.json",
    ]) {
      const response = await fetch(`${house.url}/api/schemas/${name}`);
      assert.equal(response.status, 200);
      assert.match(response.headers.get("content-type") ?? "", /^application\/schema\+json/);
      assert.equal(((await response.json()) as { $id: string }).$id, name);
    }
    for (const name of ["..%2fdefault.yaml", "default.yaml", "%00", "claim.status.v1.json%00"]) {
      const response = await fetch(`${house.url}/api/schemas/${name}`);
      assert.equal(response.status, 404, name);
    }
  });

  it("say that the database does not answer, and claims wait for it without an end of the process", async () => {
    const { ctx, jobs } = await house.another();
    await ctx.close();
    assert.equal(await ctx.databaseReady(), false);
    jobs.start();
    ctx.wake();
    await jobs.stop();
    assert.ok(house.lines.some((line) => line.includes("jobs.lane-failed")));
  });
});
