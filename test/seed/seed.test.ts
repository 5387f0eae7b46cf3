import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { CASE_STATES, FLAGS } from "../../src/domain/case-facets.ts";
import { createLog } from "../../src/log.ts";
import { createMetrics } from "../../src/metrics.ts";
import { type OpenStore, openStore } from "../../src/open-store.ts";
import { firstBrokenEvent } from "../../src/store/event-chain.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { CALM_DATABASE } from "../support/calm-database.ts";
import { closeDatabase } from "../support/database.ts";
import { type DeskClient, signedInOfficer } from "../support/desk-client.ts";
import { copyCases } from "./copies.ts";
import { seed } from "./main.ts";

const ORDER = { cases: 250, seed: 7, pictures: 2, besideReal: false };
const COPIES = 240;

let app: TestApp;
let store: OpenStore;
let desk: DeskClient;
before(async () => {
  app = await startApp();
  const { config } = app.ctx;
  store = await openStore(
    config,
    { databaseUri: app.databaseUri, limits: CALM_DATABASE },
    createLog("silent"),
    createMetrics(),
  );
  await seed(store, config, ORDER, () => {});
  desk = await signedInOfficer(app, { number: "P-seed", role: "supervisor" });
});
after(async () => {
  await store.close();
  await app.stop();
  await closeDatabase();
});

const found = async (query: Record<string, string>) => {
  const html = await (await desk.get(`/police/search?${new URLSearchParams(query)}`)).text();
  return [...html.matchAll(/href="\/police\/cases\/([\w-]+)"/g)].map(([, id]) => id!);
};

describe("seeded cases", () => {
  it("are found by every state and flag, and their files open", async () => {
    for (const state of CASE_STATES) {
      const [first] = await found({ state });
      assert.ok(first, state);
      assert.equal((await desk.get(`/police/cases/${first}`)).status, 200, state);
    }
    for (const flag of FLAGS) assert.ok((await found({ flag })).length > 0, flag);
  });

  it("have whole chains of events, no message to send, and number, plate, name and letter lead to them", async () => {
    const ids = Array.from({ length: ORDER.cases }, (_, index) => `seed-7-${index}`);
    const accidents = await app.ctx.accidents.findAll(ids);
    assert.equal(accidents.length, ORDER.cases);
    for (const { id, events } of accidents) assert.equal(firstBrokenEvent(id, events), null, id);
    assert.deepEqual(await app.ctx.accidents.listOutbox(10), []);
    const settled = accidents.find(({ concludedAt }) => concludedAt)!;
    const { name, plate } = settled.parties.A.details!;
    for (const q of [settled.number, plate, name]) assert.ok((await found({ q })).includes(settled.id), q);
    const determined = accidents.find(({ dispute }) => dispute?.determinations.length)!;
    assert.deepEqual(await found({ q: determined.dispute!.determinations[0]!.number }), [determined.id]);
  });

  it("have photographs where they were asked for", async () => {
    const photo = await desk.get(`/police/cases/seed-7-${ORDER.cases - 1}/photos/p1/copy`);
    assert.equal(photo.headers.get("content-type"), "image/jpeg");
  });

  it("have their letters on paper where they have photographs, and every letter's number is listed", async () => {
    // of this seed the first case comes to a letter
    await seed(store, app.ctx.config, { cases: 2, seed: 14, pictures: 2, besideReal: true }, () => {});
    const lettered = await app.ctx.accidents.get("seed-14-0");
    const answer = await desk.get(`/police/cases/${lettered.id}/letters/1?reason=audit`);
    const pdf = Buffer.from(await answer.arrayBuffer());
    assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
    const [letter] = lettered.dispute?.determinations ?? [];
    assert.ok(letter);
    assert.ok((await app.ctx.blobs.read(lettered, letter.pngSha256[0] ?? "")).length > 0);
    const listed = await app.ctx.letterNumbers.list({}, 100);
    assert.equal(listed.find(({ number }) => number === letter.number)?.state, "issued");
  });

  it("wait for officers at the end of the year", async () => {
    const counts = await app.ctx.disputes.counts();
    assert.ok(counts.guidance + counts.application > 0);
  });

  it("are not written twice, nor beside real cases unless it is said", async () => {
    await assert.rejects(
      seed(store, app.ctx.config, ORDER, () => {}),
      /seed 7 is in this database already/,
    );
    await store.connection.collection("accidents").insertOne({ _id: "aReal" as never, status: "erased" });
    const other = { ...ORDER, seed: 8, cases: 3 };
    await assert.rejects(
      seed(store, app.ctx.config, other, () => {}),
      /--beside-real-cases/,
    );
    await seed(store, app.ctx.config, { ...other, besideReal: true }, () => {});
    assert.ok(await app.ctx.accidents.find("seed-8-2"));
  });

  it("have copies that the desk finds and opens as cases of their own, and none of what waits", async () => {
    const waiting = await app.ctx.disputes.counts();
    const { cases: whole, seed } = ORDER;
    await copyCases(store, app.ctx.config, { seed, whole, cases: whole + COPIES }, () => {});
    const ids = Array.from({ length: COPIES }, (_, index) => `seed-7-${whole + index}`);
    const copies = await app.ctx.accidents.findAll(ids);
    assert.equal(copies.length, COPIES);
    const settled = copies.find(({ concludedAt }) => concludedAt)!;
    const { name, plate, phone } = settled.parties.B!.details!;
    for (const q of [settled.number, plate, phone]) assert.deepEqual(await found({ q }), [settled.id], q);
    assert.ok((await found({ q: name })).includes(settled.id));
    const lettered = copies.find(({ dispute }) => dispute?.determinations.length)!;
    assert.deepEqual(await found({ q: lettered.dispute!.determinations[0]!.number }), [lettered.id]);
    for (const { id } of [settled, lettered]) assert.equal((await desk.get(`/police/cases/${id}`)).status, 200);
    assert.deepEqual(await app.ctx.disputes.counts(), waiting);
  });
});
