import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import mongoose from "mongoose";
import { addPhoto } from "../../src/actions/add-photo.ts";
import { announcePhoto } from "../../src/actions/announce-photo.ts";
import { confirmMoved } from "../../src/actions/confirm-moved.ts";
import { giveDetails } from "../../src/actions/give-details.ts";
import { giveStatement } from "../../src/actions/give-statement.ts";
import { makeInvitation } from "../../src/actions/make-invitation.ts";
import { movePhoto } from "../../src/actions/move-photo.ts";
import { openAccident } from "../../src/actions/open-accident.ts";
import { readPlate } from "../../src/actions/read-plate.ts";
import { recordPlace } from "../../src/actions/record-place.ts";
import { signAgreement } from "../../src/actions/sign-agreement.ts";
import { type Accident, LETTERS, type Letter } from "../../src/domain/accident.ts";
import { contentDigest } from "../../src/domain/agreement.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { type MandatorySlot, PHOTO_SLOTS, type PhotoSlot } from "../../src/domain/photo.ts";
import { viewOf } from "../../src/domain/view.ts";
import { relayOutbox } from "../../src/jobs/relay.ts";
import { firstBrokenEvent } from "../../src/store/event-chain.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { collectionNames } from "../support/collection-names.ts";
import { closeDatabase, databaseDir } from "../support/database.ts";
import { DETAILS, SIGNATURE } from "../support/drivers.ts";
import { joinByCode } from "../support/join-by-code.ts";
import { placeOf } from "../support/place-of.ts";
import { SLOT_PHOTOS } from "../support/slot-photos.ts";
import { asStored, storedPhotos } from "../support/stored-photos.ts";

/** As they stand in the drawn pictures. */
const PLATE: Record<Letter, string> = { A: "沪A62K18", B: "沪AD05271" };
const CLEAR = { textVersion: NOTICE_VERSION, answer: { vehicles: "two" as const, conditions: [] } };

/** with the models; without them */
let app: TestApp;
let blind: TestApp;
before(async () => {
  [app, blind] = await Promise.all([startApp({ env: { PHOTO_READER: "true" } }), startApp()]);
});
after(async () => {
  await Promise.all([app.stop(), blind.stop()]);
  await closeDatabase();
});

interface Case {
  id: string;
  openid: string;
}

async function opened(on: TestApp, openid = `o_${on.ctx.randomId()}`): Promise<Case> {
  await on.simulator.platform.follow(openid);
  const { id } = await openAccident(on.ctx, { person: await on.ctx.people.see(openid), ...CLEAR });
  return { id, openid };
}

async function photographed(on: TestApp): Promise<Case> {
  const case_ = await opened(on);
  for (const slot of PHOTO_SLOTS) await add(on, case_, slot);
  return case_;
}

const add = (on: TestApp, { id }: Case, slot: MandatorySlot, shown = slot) =>
  addPhoto(on.ctx, { accidentId: id, letter: "A", slot, bytes: SLOT_PHOTOS[shown], source: "form" });

async function joined(on: TestApp, { id }: Case): Promise<void> {
  const { invitation } = await makeInvitation(on.ctx, { accidentId: id, letter: "A" });
  const person = await on.ctx.people.see(`o_${on.ctx.randomId()}`);
  await joinByCode(on.ctx, { person, code: invitation?.code ?? "", ...CLEAR });
}

const typed = (on: TestApp, { id }: Case, letter: Letter, plate: string) =>
  giveDetails(on.ctx, { accidentId: id, letter, details: { ...DETAILS[letter], plate } });
const photoIn = (accident: Accident, slot: PhotoSlot) => asStored(accident.photos.find((photo) => photo.slot === slot));
const eventsOf = (accident: Accident, type: string) => accident.events.filter((event) => event.type === type);
const bestOf = (accident: Accident) =>
  Object.fromEntries(storedPhotos(accident).map(({ slot, plates }) => [slot, plates?.best?.plate ?? null]));

describe("the plates of a case", () => {
  it("are read by the jobs, kept with their pictures, and named in no event", async () => {
    const case_ = await photographed(app);
    await joined(app, case_);
    await app.settle();
    const accident = await app.ctx.accidents.get(case_.id);
    assert.deepEqual(
      [bestOf(accident)["own-plate"], bestOf(accident)["other-plate"], bestOf(accident).scene],
      [PLATE.A, PLATE.B, PLATE.A],
    );
    const { best, others } = photoIn(accident, "scene").plates ?? { best: null, others: [] };
    assert.deepEqual([best?.sure, others.map(({ plate }) => plate)], [true, [PLATE.B]], "both cars are on the scene");
    const read = eventsOf(accident, "plate-read");
    assert.equal(read.length, 5);
    // the two that the form waits for, then the others
    assert.deepEqual(new Set(read.slice(0, 2).map(({ data }) => data.slot)), new Set(["own-plate", "other-plate"]));
    assert.deepEqual(read.find(({ data }) => data.slot === "scene")?.data, {
      photo: photoIn(accident, "scene").id,
      slot: "scene",
      found: 2,
      sure: true,
    });
    for (const plate of Object.values(PLATE)) assert.ok(!JSON.stringify(accident.events).includes(plate.slice(1)));
    assert.equal(firstBrokenEvent(accident.id, accident.events), null);
    for (const letter of LETTERS) {
      const { plateSuggestion } = viewOf(accident, letter, app.ctx.config.rules.catalogue);
      assert.deepEqual(
        [plateSuggestion?.plate, plateSuggestion?.sure],
        [PLATE[letter], true],
        "it fills each one's form",
      );
    }
    const own = photoIn(accident, "own-plate");
    await readPlate(app.ctx, { accidentId: case_.id, photoId: own.id });
    assert.equal((await app.ctx.accidents.get(case_.id)).version, accident.version, "read once");
  });

  it("are nowhere in the database in the clear", async () => {
    const connection = await mongoose.createConnection(app.databaseUri).asPromise();
    const canaries = Object.values(PLATE).map((plate) => plate.slice(1));
    let looked = 0;
    for (const name of await collectionNames(connection.db!)) {
      for await (const document of connection.collection(name).find({}, { raw: true })) {
        const bytes = (document as unknown as Buffer).toString("latin1");
        for (const canary of canaries) assert.ok(!bytes.includes(canary), `${canary} in ${name}`);
        looked++;
      }
    }
    await connection.close();
    assert.ok(looked > 20, `${looked} documents`);
    const dir = databaseDir();
    if (!dir) return;
    for (const file of await readdir(dir, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue;
      const bytes = (await readFile(join(file.parentPath, file.name))).toString("latin1");
      for (const canary of canaries) assert.ok(!bytes.includes(canary), `${canary} in ${file.name}`);
    }
    for (const canary of canaries) assert.ok(!app.logged().includes(canary), "the log");
  });

  it("wait for nobody where there is no reader", async () => {
    const case_ = await photographed(blind);
    await blind.settle();
    const accident = await blind.ctx.accidents.get(case_.id);
    assert.ok(
      storedPhotos(accident).every(
        ({ plates, findings }) => plates === null && !findings.some(({ code }) => code === "no-plate"),
      ),
    );
    assert.deepEqual(await blind.ctx.deliveries.listUndelivered(10), []);
    assert.equal((await typed(blind, case_, "A", "沪C77777")).parties.A.details?.plate, "沪C77777");
  });

  it("are gone with a picture that was taken anew or erased before it was read", async () => {
    const case_ = await opened(app);
    const first = photoIn(await add(app, case_, "own-plate"), "own-plate");
    await add(app, case_, "own-plate", "other-plate");
    await readPlate(app.ctx, { accidentId: case_.id, photoId: first.id });
    await readPlate(app.ctx, { accidentId: "nobody", photoId: first.id });
    await app.settle();
    const accident = await app.ctx.accidents.get(case_.id);
    assert.deepEqual(bestOf(accident), { "own-plate": PLATE.B });
    assert.equal(eventsOf(accident, "plate-read").length, 1);
  });
});

describe("plates that the reader did not get to", () => {
  const unread = async () => {
    const health = (await (await fetch(`${app.url}/readyz`)).json()) as Record<string, unknown>;
    return health["unreadPlates"];
  };

  it("are a number in /readyz: those that wait, and those that were given up", async () => {
    await app.settle();
    assert.deepEqual(await unread(), { waiting: 0, dropped: 0 });
    const case_ = await opened(app);
    for (const slot of ["own-plate", "scene"] as const) await add(app, case_, slot);
    await relayOutbox(app.ctx);
    assert.deepEqual(await unread(), { waiting: 2, dropped: 0 });
    // three workers died over it
    for (let died = 0; died < 3; died++) {
      assert.ok(await app.ctx.deliveries.claimDue({ kind: "plate", leaseMs: 15_000 }));
      app.clock.advance(15_000);
    }
    await app.settle();
    assert.deepEqual(await unread(), { waiting: 0, dropped: 1 });
    assert.deepEqual(bestOf(await app.ctx.accidents.get(case_.id)), { "own-plate": null, scene: PLATE.A });
  });

  it("count as given up where the picture does not open, and are tried no more", async () => {
    const case_ = await opened(app);
    const accident = await add(app, case_, "own-plate");
    const sha256 = await app.ctx.blobs.save(accident, Buffer.from("no picture"), "original");
    await app.ctx.accidents.change(case_.id, (now) => ({
      accident: { ...now, photos: now.photos.map((photo) => ({ ...photo, sha256 })) },
      events: [],
      outbox: [],
    }));
    await app.settle();
    assert.deepEqual(await unread(), { waiting: 0, dropped: 2 });
    const [, given] = await app.ctx.deliveries.listUndelivered(2, ["dead"]);
    assert.deepEqual([given?.target, given?.attempts], [accident.photos[0]?.id, 1]);
  });
});

describe("a plate that was typed otherwise", () => {
  it("is flagged when it is typed after it was read, and no more once it is put right", async () => {
    const case_ = await opened(app);
    await add(app, case_, "own-plate");
    await app.settle();
    const wrong = await typed(app, case_, "A", "沪A62K19");
    const flagged = eventsOf(wrong, "plate-differs");
    assert.deepEqual(
      flagged.map(({ by, data }) => [by, data]),
      [["system", { party: "A", photo: photoIn(wrong, "own-plate").id }]],
    );
    const right = await typed(app, case_, "A", PLATE.A);
    assert.equal(eventsOf(right, "plate-differs").length, 1);
    assert.deepEqual(viewOf(right, "A", app.ctx.config.rules.catalogue).plateDoubts, []);
  });

  it("is flagged when it is read after it was typed, and stands in the claim", async () => {
    const case_ = await photographed(app);
    const { id } = case_;
    await joined(app, case_);
    await confirmMoved(app.ctx, { accidentId: id, letter: "A" });
    await recordPlace(app.ctx, { accidentId: id, letter: "A", ...placeOf(app.ctx), address: "延安东路" });
    await typed(app, case_, "A", PLATE.A);
    await typed(app, case_, "B", "沪AD05277");
    await app.settle();
    for (const [letter, ownAct, otherAct] of [
      ["A", "QS-01", "none"],
      ["B", "none", "QS-01"],
    ] as const) {
      const statement = { ownAct, otherAct, impact: "front" as const, note: "" };
      await giveStatement(app.ctx, { accidentId: id, letter, statement });
    }
    const ready = await app.ctx.accidents.get(id);
    assert.deepEqual(
      eventsOf(ready, "plate-differs").map(({ data }) => data.party),
      ["B"],
    );
    for (const letter of LETTERS) {
      const { plateDoubts } = viewOf(ready, letter, app.ctx.config.rules.catalogue);
      assert.deepEqual(
        plateDoubts.map(({ party, read, typed: was }) => [party, read, was]),
        [["B", PLATE.B, "沪AD05277"]],
      );
      const signed = { accidentId: id, letter, contentDigest: contentDigest(app.ctx, ready), signature: SIGNATURE };
      await signAgreement(app.ctx, { ...signed, forwarding: true });
    }
    await app.settle();
    const claim = app.simulator.insurers.inbox("PICC").at(-1);
    const { photos } = JSON.parse(claim?.body ?? "{}").data.evidence as {
      photos: { kind: string; qualityFlags: string[] }[];
    };
    const flags = Object.fromEntries(photos.map(({ kind, qualityFlags }) => [kind, qualityFlags]));
    assert.deepEqual(
      flags.other_plate?.filter((flag) => flag !== "seen_before"),
      ["plate_differs"],
    );
    assert.deepEqual(
      flags.own_plate?.filter((flag) => flag !== "seen_before"),
      [],
    );
  });
});

describe("pictures of the chat in any order", () => {
  async function sent(on: TestApp, { id }: Case, ...shown: MandatorySlot[]): Promise<Accident> {
    for (const slot of shown) {
      const { id: mediaId } = on.simulator.platform.putMedia(SLOT_PHOTOS[slot], "image/jpeg");
      await announcePhoto(on.ctx, { accidentId: id, letter: "A", mediaId });
      await on.settle();
    }
    return on.ctx.accidents.get(id);
  }
  const shownIn = async (on: TestApp, accident: Accident) =>
    Object.fromEntries(
      await Promise.all(
        storedPhotos(accident).map(async ({ slot, sha256 }) => {
          const bytes = await on.ctx.blobs.read(accident, sha256);
          return [slot, PHOTO_SLOTS.find((one) => SLOT_PHOTOS[one].equals(bytes))];
        }),
      ),
    );
  const RIGHT = Object.fromEntries(PHOTO_SLOTS.map((slot) => [slot, slot]));

  it("go where they belong when his car is known from last time", async () => {
    const openid = `o_${app.ctx.randomId()}`;
    const case_ = await opened(app, openid);
    const person = await app.ctx.people.see(openid);
    await app.ctx.people.remember(person.id, { ...DETAILS.A, plate: PLATE.A });
    const accident = await sent(app, case_, "other-plate", "own-damage", "own-plate", "other-damage", "scene");
    assert.deepEqual(await shownIn(app, accident), RIGHT);
    assert.ok(
      storedPhotos(accident).every(({ isAsked }) => !isAsked),
      "the second plate answered whose the first one is",
    );
    assert.deepEqual(
      eventsOf(accident, "photo-moved").map(({ by, data }) => [by, data.from, data.to]),
      [["system", "own-plate", "other-plate"]],
    );
  });

  it("an unknown plate is asked about, one answer settles both, and nobody waits for it", async () => {
    const case_ = await opened(app);
    const accident = await sent(app, case_, "other-plate", "own-plate", "scene", "own-damage", "other-damage");
    const [asked] = storedPhotos(accident).filter(({ isAsked }) => isAsked);
    assert.equal(asked?.slot, "own-plate");
    const lines = app.simulator.platform.inbox(case_.openid).map(({ text }) => text ?? "");
    assert.ok(
      lines.some((line) => line.includes("谁的车")),
      lines.join("\n"),
    );
    assert.ok(
      lines.some((line) => line.includes("请立即挪车")),
      "the cars may be moved without an answer",
    );
    await confirmMoved(app.ctx, { accidentId: case_.id, letter: "A" });
    const move = { accidentId: case_.id, letter: "A" as const, photoId: asked?.id ?? "", slot: "other-plate" as const };
    const answered = await movePhoto(app.ctx, move);
    assert.deepEqual(await shownIn(app, answered), RIGHT);
    assert.ok(storedPhotos(answered).every(({ isAsked }) => !isAsked));
    await assert.rejects(movePhoto(app.ctx, { ...move, slot: "own-plate" }), { code: "wrong-step" });
    assert.equal(firstBrokenEvent(answered.id, answered.events), null);
  });

  it("the question is answered as well by typing the plate", async () => {
    const case_ = await opened(app);
    const accident = await sent(app, case_, "other-plate");
    assert.equal(photoIn(accident, "own-plate").isAsked, true);
    await joined(app, case_);
    const after = await typed(app, case_, "B", PLATE.B);
    assert.deepEqual(
      storedPhotos(after).map(({ slot, isAsked }) => [slot, isAsked]),
      [["other-plate", false]],
    );
    assert.deepEqual(
      eventsOf(after, "photo-moved").map(({ by, data }) => [by, data.from, data.to]),
      [["system", "own-plate", "other-plate"]],
    );
    assert.deepEqual(eventsOf(after, "plate-differs"), []);
  });

  it("where the driver has put one himself, it stays", async () => {
    const case_ = await opened(app);
    const ids: string[] = [];
    for (const slot of ["own-plate", "scene"] as const) {
      const { id: mediaId } = app.simulator.platform.putMedia(SLOT_PHOTOS[slot], "image/jpeg");
      const after = await announcePhoto(app.ctx, { accidentId: case_.id, letter: "A", mediaId });
      ids.push(after.photos.at(-1)?.id ?? "");
    }
    await movePhoto(app.ctx, { accidentId: case_.id, letter: "A", photoId: ids[0] ?? "", slot: "own-damage" });
    await app.settle();
    const { photos } = await app.ctx.accidents.get(case_.id);
    assert.deepEqual(
      ids.map((id) => photos.find((photo) => photo.id === id)?.slot),
      ["own-damage", "scene"],
    );
  });
});
