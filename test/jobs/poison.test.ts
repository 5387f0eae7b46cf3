import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import mongoose, { type Connection } from "mongoose";
import { signAgreement } from "../../src/actions/sign-agreement.ts";
import { type Accident, LETTERS } from "../../src/domain/accident.ts";
import { contentDigest } from "../../src/domain/agreement.ts";
import { LANES, type Lane } from "../../src/jobs/lanes.ts";
import { relayOutbox } from "../../src/jobs/relay.ts";
import { runJob } from "../../src/jobs/run-job.ts";
import { type Pair, readyPair } from "../h5/settle-driver.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { claimFaults } from "../support/claim-schemas.ts";
import { closeDatabase } from "../support/database.ts";
import { SIGNATURE } from "../support/drivers.ts";

const LEASE_MS = 15_000;
let app: TestApp;
let database: Connection;

before(async () => {
  app = await startApp();
  database = await mongoose.createConnection(app.databaseUri).asPromise();
});
after(async () => {
  await database.close();
  await app.stop();
  await closeDatabase();
});

/** Both have signed; nothing else has happened yet. */
async function signedPair(): Promise<{ pair: Pair; accident: Accident }> {
  const pair = await readyPair(app, { real: true, language: { B: "en" } });
  const shown = contentDigest(app.ctx, await app.ctx.accidents.get(pair.id));
  for (const letter of LETTERS) {
    const input = { accidentId: pair.id, letter, contentDigest: shown, signature: SIGNATURE, forwarding: true };
    await signAgreement(app.ctx, input);
  }
  return { pair, accident: await app.ctx.accidents.get(pair.id) };
}

/** Overwrites a kept file in the store; returns what puts it back. */
async function spoil(accident: Accident, sha256: string): Promise<() => Promise<void>> {
  const file = await database.collection("blobs.files").findOne({ filename: `${accident.id}/${sha256}` });
  const chunks = database.collection("blobs.chunks");
  const chunk = await chunks.findOne({ files_id: file?._id as never });
  assert.ok(chunk);
  const put = (data: unknown) => chunks.updateOne({ _id: chunk._id }, { $set: { data } });
  await put(Buffer.alloc(60));
  return async () => void (await put(chunk["data"]));
}

async function noticesOf(accident: Accident): Promise<string[]> {
  const named = { accidentId: accident.id, kind: "notice" };
  const found = (
    await Promise.all(["deliveries", "deliveries_done"].map((name) => database.collection(name).find(named).toArray()))
  ).flat();
  const codes = await Promise.all(
    found.map(async ({ _id, target, sealed }) => {
      const { code } = JSON.parse(await app.ctx.accidents.openBody(accident.id, String(_id), sealed.buffer));
      return `${code} ${LETTERS.find((letter) => accident.parties[letter]?.identity.personId === target)}`;
    }),
  );
  return codes.filter((code) => /^(concluded|paper|claim)/.test(code)).sort();
}

const claimsOf = async ({ id }: Accident) => {
  const { claims } = await app.ctx.accidents.get(id);
  return claims.map(({ ref }) => app.simulator.insurers.find(ref));
};
const agreementIn = (body: string | undefined) => JSON.parse(body ?? "{}").data.evidence.agreement;
const logged = (event: string) =>
  app
    .logged()
    .split("\n")
    .filter((line) => line.includes(`"${event}"`))
    .map((line) => JSON.parse(line));
const papersMissing = async () =>
  ((await (await fetch(`${app.url}/readyz`)).json()) as Record<string, unknown>)["papersMissing"];

/** As the schedule has it: at once, after 5 and after 30 seconds, a fifth more at most. */
async function threeAttempts(): Promise<void> {
  for (const waitMs of [0, 6_000, 36_000]) {
    app.clock.advance(waitMs);
    await app.settle();
  }
}

describe("a paper that cannot be made", () => {
  it("is told at the third failure, the claims go without it, and the drivers get it when it can be made", async () => {
    const { pair, accident } = await signedPair();
    const repair = await spoil(accident, accident.parties.A.signature?.imageSha256 ?? "");
    await threeAttempts();
    const claims = await claimsOf(accident);
    assert.deepEqual(
      claims.map((claim) => claim?.deliveries),
      [1, 1],
    );
    for (const claim of claims) {
      assert.deepEqual(claimFaults(claim?.body ?? ""), []);
      const { pdfUrl, sha256, signatures } = agreementIn(claim?.body);
      assert.deepEqual([pdfUrl, sha256, signatures.length], [null, null, 2]);
    }
    assert.deepEqual(await noticesOf(accident), [
      "claim-number B",
      "concluded-full A",
      "concluded-none B",
      "paper-follows A",
      "paper-follows B",
    ]);
    const errors = logged("paper.not-made");
    assert.deepEqual(
      errors.map(({ level, number, attempts }) => [level, number, attempts]),
      [["error", accident.number, 3]],
    );
    assert.equal(await papersMissing(), 1);
    const page = await pair.B.get("done");
    assert.match(page.html, /The agreement document is not ready yet/);
    assert.doesNotMatch(page.html, /http-equiv="refresh"/);

    app.clock.advance(6 * 60_000);
    await app.settle();
    assert.equal(logged("paper.not-made").length, 1, "said once");
    await repair();
    app.clock.advance(36 * 60_000);
    await app.settle();
    assert.deepEqual(await noticesOf(accident), [
      "claim-number B",
      "concluded-full A",
      "concluded-none B",
      "paper-follows A",
      "paper-follows B",
      "paper-made A",
      "paper-made B",
    ]);
    assert.equal((await pair.A.get("agreement.pdf")).bytes.subarray(0, 5).toString(), "%PDF-");
    assert.equal(await papersMissing(), 0);
    assert.deepEqual(
      (await claimsOf(accident)).map((claim) => claim?.deliveries),
      [1, 1],
    );
  });

  it("because its file is gone is tried on as well: the file may be put back", async () => {
    const { accident } = await signedPair();
    const filename = `${accident.id}/${accident.parties.B?.signature?.imageSha256}`;
    const files = database.collection("blobs.files");
    const file = await files.findOne({ filename });
    assert.ok(file);
    await files.deleteOne({ _id: file._id });
    await threeAttempts();
    assert.equal((await claimsOf(accident)).length, 2);
    await files.insertOne(file);
    app.clock.advance(6 * 60_000);
    await app.settle();
    assert.ok((await app.ctx.accidents.get(accident.id)).documents);
  });

  it("because each try ends the process lets the claims go before the fourth", async () => {
    const { accident } = await signedPair();
    while ((await relayOutbox(app.ctx)) > 0);
    for (let n = 0; n < 3; n++) {
      assert.ok(await app.ctx.deliveries.claimDue({ kind: "document", leaseMs: LEASE_MS }));
      app.clock.advance(LEASE_MS);
    }
    await app.settle();
    const [claim] = await claimsOf(accident);
    assert.equal(agreementIn(claim?.body).sha256, null);
    assert.ok((await app.ctx.accidents.get(accident.id)).documents);
    assert.equal((await noticesOf(accident)).length, 7);
  });

  it("is made although its job's body does not open: nothing stands in it that is not known", async () => {
    const { accident } = await signedPair();
    while ((await relayOutbox(app.ctx)) > 0);
    const job = { accidentId: accident.id, kind: "document" };
    await database.collection("deliveries").updateOne(job, { $set: { sealed: Buffer.alloc(40) } });
    await app.settle();
    assert.ok((await app.ctx.accidents.get(accident.id)).documents);
  });
});

describe("a job that never settles", () => {
  it("gives its place up, and is tried again", async () => {
    const { accident } = await signedPair();
    while ((await relayOutbox(app.ctx)) > 0);
    const documents = LANES.find(({ kind }) => kind === "document") as Lane;
    const stuck: Lane = { ...documents, leaseMs: 5, handle: () => new Promise(() => {}) };
    const delivery = await app.ctx.deliveries.claimDue({ kind: "document", leaseMs: 5 });
    assert.ok(delivery);
    const running = runJob(app.ctx, stuck, { delivery, leasedAt: performance.now() });
    await app.clock.limitOf(20);
    app.clock.advance(20);
    await running;
    const { state, log } = await app.ctx.deliveries.get(delivery._id);
    assert.deepEqual([state, log.at(-1)?.code], ["pending", "job-stuck"]);
    app.clock.advance(6_000);
    await app.settle();
    assert.ok((await app.ctx.accidents.get(accident.id)).documents);
  });
});

describe("an outbox that cannot be taken over", () => {
  it("is said, and holds up nobody else's", async () => {
    const broken = await signedPair();
    const accidents = database.collection("accidents");
    const before = await accidents.findOne({ _id: broken.accident.id as never });
    const entries = before?.["outbox"] as { id: unknown }[];
    const setOutbox = (outbox: unknown) =>
      accidents.updateOne({ _id: broken.accident.id as never }, { $set: { outbox } });
    await setOutbox(entries.map((entry) => ({ ...entry, id: { not: "an id" } })));
    const { accident } = await signedPair();
    await app.settle();
    assert.ok((await app.ctx.accidents.get(accident.id)).documents);
    const faults = logged("jobs.outbox-not-taken");
    assert.deepEqual(
      faults.map(({ level, accidentId }) => [level, accidentId]),
      [["error", broken.accident.id]],
    );
    await setOutbox(entries);
    await app.settle();
    assert.ok((await app.ctx.accidents.get(broken.accident.id)).documents);
  });
});
