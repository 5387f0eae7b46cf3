import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import mongoose from "mongoose";
import { endAccident } from "../../src/actions/end-accident.ts";
import { expireAccidents } from "../../src/actions/expire-accidents.ts";
import { makeInvitation } from "../../src/actions/make-invitation.ts";
import { movePhoto } from "../../src/actions/move-photo.ts";
import { openAccident } from "../../src/actions/open-accident.ts";
import { signAgreement } from "../../src/actions/sign-agreement.ts";
import { takePosition } from "../../src/actions/take-position.ts";
import type { Accident } from "../../src/domain/accident.ts";
import { contentDigest } from "../../src/domain/agreement.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { UNEXAMINED } from "../../src/domain/photo.ts";
import { Busy } from "../../src/errors.ts";
import { photo } from "../domain/accident-builder.ts";
import { readyPair } from "../h5/settle-driver.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { SIGNATURE } from "../support/drivers.ts";
import { passTime } from "../support/pass-time.ts";

const HOUR_MS = 3600_000;
let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

async function open(): Promise<Accident> {
  const person = await app.ctx.people.see(`o_${app.ctx.randomId()}`);
  return openAccident(app.ctx, { person, textVersion: NOTICE_VERSION, answer: { vehicles: "two", conditions: [] } });
}

describe("what nobody goes on with", () => {
  it("is listed a day after its last event, or its first signature; what is still worked on never stands in its way", async () => {
    const { ctx, clock } = app;
    const listed = () => ctx.accidents.listStale(new Date(clock.now().getTime() - 24 * HOUR_MS), 100);
    const [idle, busy] = [await open(), await open()];
    const { id: signed } = await readyPair(app);
    const ready = await ctx.accidents.get(signed);
    const input = { accidentId: signed, letter: "A" as const, signature: SIGNATURE, forwarding: true };
    await signAgreement(ctx, { ...input, contentDigest: contentDigest(ctx, ready) });

    await passTime(app, 23 * HOUR_MS);
    const position = { lat: 31.2, lng: 121.4, crs: "GCJ-02" as const, accuracyM: null, label: null };
    await takePosition(ctx, { accidentId: busy.id, letter: "A", position });
    await ctx.accidents.change(signed, (accident) => ({
      accident,
      events: [{ type: "language-chosen", by: "B", data: { language: "en" } }],
    }));
    assert.deepEqual(await listed(), []);
    await passTime(app, 2 * HOUR_MS);
    assert.deepEqual((await listed()).sort(), [idle.id, signed].sort());
    assert.equal(await expireAccidents(ctx), 2);
    assert.deepEqual(await listed(), []);
    assert.equal((await ctx.accidents.get(busy.id)).ended, null);
  });
});

describe("a change for which there is no room", () => {
  const isBusy = (code: string) => (error: unknown) =>
    error instanceof Busy && error.code === code && Number(error.details["retryAfterS"]) > 0;

  it("is Busy and changes nothing when the outbox is full, and is taken when the relay has emptied it", async () => {
    const { ctx } = app;
    const { id } = await open();
    const entry = { kind: "notice" as const, target: "nobody", body: "{}" };
    const put = (count: number) =>
      ctx.accidents.change(id, (accident) => ({ accident, events: [], outbox: Array(count).fill(entry) }));
    const { version } = await put(32);
    await assert.rejects(put(1), isBusy("outbox-full"));
    assert.equal((await ctx.accidents.get(id)).version, version);
    const [outbox] = (await ctx.accidents.listOutbox(100)).filter(({ accidentId }) => accidentId === id);
    await ctx.accidents.pullOutbox(
      id,
      (outbox?.entries ?? []).map((kept) => kept.id),
    );
    assert.equal((await put(1)).version, version + 1);
  });

  it("is Busy when another write comes first again and again", async () => {
    const { id, version } = await open();
    const late = app.ctx.accidents.change(id, (accident) => {
      accident.version -= 1;
      return { accident, events: [] };
    });
    await assert.rejects(late, isBusy("too-busy"));
    assert.equal((await app.ctx.accidents.get(id)).version, version);
  });
});

describe("the six digits", () => {
  it("lead to a case while it runs, and are free again when it is over; the code still tells that it is", async () => {
    const { ctx } = app;
    const { id } = await open();
    const { invitation } = await makeInvitation(ctx, { accidentId: id, letter: "A" });
    assert.ok(invitation);
    assert.equal((await ctx.accidents.findByInvitation(invitation.digits))?.id, id);
    await endAccident(ctx, { accidentId: id, letter: "A", code: "withdrawn" });
    assert.equal(await ctx.accidents.findByInvitation(invitation.digits), null);
    assert.equal((await ctx.accidents.findByInvitation(invitation.code))?.id, id);
  });
});

describe("photographs at rest", () => {
  const plates = {
    best: {
      plate: "沪A77Q88",
      sure: true,
      gap: 812,
      box: { x: 100, y: 200, width: 300, height: 90 },
      runnersUp: ["沪A77Q89"],
    },
    others: [],
  };
  const taken = { at: new Date("2026-11-20T08:00:00Z"), position: { lat: 31.2, lng: 121.4 } };

  it("are read back as they were; plates, and when and where they were taken, are sealed", async () => {
    const { ctx } = app;
    const { id } = await open();
    const stored = {
      ...photo("own-plate"),
      plates,
      taken,
      dupOf: "KC20260101-000001/p",
      imageHash: "9793319a5d81157e",
    };
    const bare = { ...photo("scene"), taken: { at: null, position: null } };
    await ctx.accidents.change(id, (accident) => ({
      accident: { ...accident, photos: [stored, bare], photoTries: { scene: 2 } },
      events: [],
    }));
    const { photos, photoTries } = await ctx.accidents.get(id);
    assert.deepEqual([photos, photoTries], [[stored, bare], { scene: 2 }]);
    await inDatabase(async (accidents) => {
      const raw = JSON.stringify(await accidents.findOne({ _id: id }));
      for (const secret of ["A77Q8", "2026-11-20", "121.4"]) assert.ok(!raw.includes(secret), secret);
      assert.ok(raw.includes("9793319a5d81157e"));
    });
  });

  it("have every field in each state, and are read back with those of their state", async () => {
    const { ctx } = app;
    const { id } = await open();
    const states = ["announced", "delayed", "refused", "stored"] as const;
    const photos = states.map((state) => photo("scene", state));
    await ctx.accidents.change(id, (accident) => ({ accident: { ...accident, photos }, events: [] }));
    assert.deepEqual((await ctx.accidents.get(id)).photos, photos);
    await inDatabase(async (accidents) => {
      const found = await accidents.findOne<{ parts: { photos: object[] } }>({ _id: id });
      const fields = (found?.parts.photos ?? []).map((one) => Object.keys(one).sort().join(" "));
      assert.deepEqual([fields.length, new Set(fields).size], [4, 1]);
    });
  });

  it("that were stored before they were examined are there with nothing found", async () => {
    const { ctx } = app;
    const { id } = await open();
    const { findings, imageHash, taken: _, plates: __, shrunkFrom, dupOf, isAsked, ...old } = photo("scene");
    await inDatabase((accidents) =>
      accidents.updateOne({ _id: id }, { $set: { "parts.photos": [old] }, $unset: { "parts.photoTries": 1 } }),
    );
    const accident = await ctx.accidents.get(id);
    assert.deepEqual(accident.photos, [{ ...old, ...UNEXAMINED }]);
    assert.deepEqual([findings, imageHash, shrunkFrom, dupOf, isAsked], [[], null, null, null, false]);
    assert.deepEqual(accident.photoTries, {});
    const moved = await movePhoto(ctx, { accidentId: id, letter: "A", photoId: old.id, slot: "own-damage" });
    assert.deepEqual(await ctx.accidents.get(id), moved);
  });

  async function inDatabase(work: (accidents: mongoose.Collection<{ _id: string }>) => Promise<unknown>) {
    const connection = await mongoose.createConnection(app.databaseUri).asPromise();
    try {
      await work(connection.collection("accidents"));
    } finally {
      await connection.close();
    }
  }
});
