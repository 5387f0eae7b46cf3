import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import sharp from "sharp";
import { type AddPhoto, addPhoto } from "../../src/actions/add-photo.ts";
import { announcePhoto } from "../../src/actions/announce-photo.ts";
import { confirmMoved } from "../../src/actions/confirm-moved.ts";
import { fetchPhoto } from "../../src/actions/fetch-photo.ts";
import { makeInvitation } from "../../src/actions/make-invitation.ts";
import { movePhoto } from "../../src/actions/move-photo.ts";
import { openAccident } from "../../src/actions/open-accident.ts";
import { takePosition } from "../../src/actions/take-position.ts";
import type { Accident, Letter } from "../../src/domain/accident.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { missingSlots, photosAreSafe } from "../../src/domain/journey.ts";
import {
  EXTRA_SLOTS,
  FINDING_CODES,
  isToFetch,
  PHOTO_SLOTS,
  type Photo,
  type PhotoSlot,
} from "../../src/domain/photo.ts";
import { Conflict, Invalid } from "../../src/errors.ts";
import { firstBrokenEvent } from "../../src/store/event-chain.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { joinByCode } from "../support/join-by-code.ts";
import { startS3 } from "../support/s3-server.ts";
import { SLOT_PHOTOS } from "../support/slot-photos.ts";
import { asStored, refusalOf, storedPhotos } from "../support/stored-photos.ts";

const CLEAR = { textVersion: NOTICE_VERSION, answer: { vehicles: "two" as const, conditions: [] } };
let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

async function opened(openid = `o_${app.ctx.randomId()}`): Promise<Accident> {
  return openAccident(app.ctx, { person: await app.ctx.people.see(openid), ...CLEAR });
}

/** The second driver is there, too. */
async function joined(): Promise<Accident> {
  const { id } = await opened();
  const { invitation } = await makeInvitation(app.ctx, { accidentId: id, letter: "A" });
  const person = await app.ctx.people.see(`o_${app.ctx.randomId()}`);
  return joinByCode(app.ctx, { person, code: invitation?.code ?? "", ...CLEAR });
}

const add = (accident: Accident, slot: PhotoSlot, bytes: Buffer, over: Partial<AddPhoto> = {}) =>
  addPhoto(app.ctx, { accidentId: accident.id, letter: "A", slot, bytes, source: "form", ...over });
const inSlot = (accident: Accident, slot: PhotoSlot): Photo[] => accident.photos.filter((photo) => photo.slot === slot);
/** codes of the findings, without "seen-before": all these cases have the same photographs */
const codes = (photo: Photo | undefined): string[] =>
  (photo && !isToFetch(photo) ? photo.findings : []).map(({ code }) => code).filter((code) => code !== "seen-before");
const eventsOf = (accident: Accident, type: string) => accident.events.filter((event) => event.type === type);
const reread = (accident: Accident) => app.ctx.accidents.get(accident.id);

/** A picture as a blur, each round another one. */
async function blurred(round = 0): Promise<Buffer> {
  const small = await sharp(SLOT_PHOTOS.scene)
    .resize(20 + round)
    .png()
    .toBuffer();
  return sharp(small).resize(1600, 1200, { kernel: "cubic" }).blur(12).jpeg().toBuffer();
}
const copied = (bytes: Buffer, quality = 60) => sharp(bytes).resize(900).jpeg({ quality }).toBuffer();

async function sentBack(sent: Promise<unknown>): Promise<Record<string, unknown>> {
  const error = await sent.then(
    () => assert.fail("it was taken"),
    (fault: unknown) => fault,
  );
  assert.ok(error instanceof Invalid, String(error));
  assert.deepEqual([error.code, error.status], ["photo-unusable", 422]);
  return { ...error.details };
}

describe("a picture that shows nothing", () => {
  it("is sent back twice with what to do, and the third one is taken as it is", async () => {
    const accident = await opened();
    const first = await sentBack(add(accident, "scene", await blurred()));
    assert.deepEqual(first, { field: "scene", slot: "scene", finding: "blurred", tries: 1, triesLeft: 1 });
    const second = await sentBack(add(accident, "scene", await blurred(1)));
    assert.deepEqual([second.tries, second.triesLeft], [2, 0]);
    assert.equal((await reread(accident)).photos.length, 0);
    const after = await add(accident, "scene", await blurred(2));
    assert.deepEqual(storedPhotos(after)[0]?.findings[0], { code: "blurred", level: "blocks" });
    assert.deepEqual(after.photoTries, { scene: 2 });
    assert.deepEqual(
      eventsOf(after, "photo-rejected").map(({ by, data }) => [by, data.slot, data.finding]),
      [
        ["A", "scene", "blurred"],
        ["A", "scene", "blurred"],
      ],
    );
    assert.deepEqual(eventsOf(after, "photo-stored")[0]?.data.findings, ["blurred"]);
    assert.equal(firstBrokenEvent(after.id, (await reread(after)).events), null);
  });

  it("counts once when it comes again because its answer was lost, and anew later", async () => {
    const accident = await opened();
    const bytes = await blurred();
    for (let round = 0; round < 3; round++)
      assert.equal((await sentBack(add(accident, "own-plate", bytes))).tries, 1, "the same again");
    assert.equal((await sentBack(add(accident, "own-damage", bytes))).tries, 1, "another place counts for itself");
    app.clock.advance(121_000);
    assert.equal((await sentBack(add(accident, "own-plate", bytes))).tries, 2);
    assert.equal((await add(accident, "own-plate", bytes)).photos.length, 1, "who insists goes on");
  });

  it("is sent back for darkness and for its size as well", async () => {
    const accident = await opened();
    const dark = await sharp(SLOT_PHOTOS.scene).linear(0.05, 0).jpeg().toBuffer();
    assert.equal((await sentBack(add(accident, "scene", dark))).finding, "dark");
    const small = await sharp(SLOT_PHOTOS.scene).resize(320).jpeg().toBuffer();
    assert.equal((await sentBack(add(accident, "other-damage", small))).finding, "too-small");
  });
});

describe("the same picture", () => {
  it("in the same place again changes nothing, also when it comes many times at once and after the cars have moved", async () => {
    const accident = await opened();
    const [first, ...rest] = await Promise.all(
      Array.from({ length: 5 }, () => add(accident, "scene", SLOT_PHOTOS.scene)),
    );
    const after = await reread(accident);
    assert.equal(after.photos.length, 1);
    assert.equal(eventsOf(after, "photo-stored").length, 1);
    for (const answer of [first, ...rest]) assert.equal(answer?.photos[0]?.id, after.photos[0]?.id);
    for (const slot of PHOTO_SLOTS) await add(accident, slot, SLOT_PHOTOS[slot]);
    const { version } = await confirmMoved(app.ctx, { accidentId: accident.id, letter: "A" });
    assert.equal((await add(accident, "scene", SLOT_PHOTOS.scene)).version, version);
    await assert.rejects(add(accident, "scene", SLOT_PHOTOS["own-plate"]), Conflict);
  });

  it("in another place is sent back, as it is or copied; a retake in its own place is none", async () => {
    const accident = await opened();
    await add(accident, "scene", SLOT_PHOTOS.scene);
    assert.equal((await sentBack(add(accident, "own-damage", SLOT_PHOTOS.scene))).finding, "same-picture");
    const copy = await copied(SLOT_PHOTOS.scene);
    assert.equal((await sentBack(add(accident, "other-damage", copy))).finding, "same-picture");
    const retaken = await add(accident, "scene", copy);
    assert.deepEqual([retaken.photos.length, codes(retaken.photos[0])], [1, []]);
    const extra = await add(accident, "extra", SLOT_PHOTOS.scene);
    const [photo] = inSlot(extra, "extra");
    assert.deepEqual(
      [codes(photo), asStored(photo).dupOf],
      [["same-picture"], retaken.photos[0]?.id],
      "among extras only said",
    );
  });

  it("of another case is said and recorded, also his own earlier one; his present one never", async () => {
    const bytes = await sharp(SLOT_PHOTOS["other-damage"]).modulate({ hue: 90 }).flop().jpeg().toBuffer();
    const earlier = await opened();
    const [kept] = inSlot(await add(earlier, "scene", bytes), "scene");
    await add(earlier, "extra", await sharp(SLOT_PHOTOS["own-damage"]).flip().jpeg().toBuffer());
    const later = await opened();
    const after = await add(later, "other-damage", await copied(bytes));
    const [photo] = inSlot(after, "other-damage");
    assert.deepEqual(asStored(photo).findings, [{ code: "seen-before", level: "warns" }]);
    assert.equal(asStored(photo).dupOf, `${earlier.number}/${kept?.id}`);
    const extra = await sharp(SLOT_PHOTOS["own-damage"]).flip().jpeg({ quality: 70 }).toBuffer();
    assert.deepEqual(codes(inSlot(await add(later, "scene", extra), "scene")[0]), [], "only mandatory ones are kept");
    const retaken = await add(earlier, "scene", await copied(bytes, 75));
    assert.ok(!codes(inSlot(retaken, "scene")[0]).includes("taken-earlier"));
    assert.deepEqual(
      asStored(inSlot(retaken, "scene")[0]).dupOf?.split("/")[0],
      later.number,
      "now it is the other way round",
    );
  });
});

describe("what the camera says", () => {
  const exif = (at: Date, north: number) => ({
    IFD2: {
      DateTimeOriginal: at.toISOString().slice(0, 19).replaceAll("-", ":").replace("T", " "),
      OffsetTimeOriginal: "+00:00",
    },
    IFD3: {
      GPSLatitudeRef: "N",
      GPSLatitude: `${31 + north}/1 14/1 0/1`,
      GPSLongitudeRef: "E",
      GPSLongitude: "121/1 28/1 0/1",
    },
  });
  const withExif = (at: Date, north = 0) =>
    sharp(SLOT_PHOTOS.scene)
      .withExif(exif(at, north) as never)
      .jpeg()
      .toBuffer();

  it("is kept with the picture and read back as it was; a picture of last week, or of afar, is said to be one", async () => {
    const accident = await opened();
    const at = new Date(Math.floor(app.clock.now().getTime() / 1000) * 1000 - 7 * 86_400_000);
    const added = await add(accident, "scene", await withExif(at, 1));
    const [photo] = storedPhotos(await reread(added));
    assert.deepEqual(photo?.taken, { at, position: { lat: 32.2333333, lng: 121.4666667 } });
    assert.deepEqual(codes(photo), ["taken-earlier"], "where the accident was is not known yet");
    const position = { lat: 31.2333, lng: 121.4667, crs: "WGS-84" as const, accuracyM: 10, label: null };
    const placed = await takePosition(app.ctx, { accidentId: accident.id, letter: "A", position });
    assert.deepEqual(codes(placed.photos[0]), ["taken-earlier", "taken-elsewhere"]);
    assert.deepEqual(codes((await add(accident, "scene", await withExif(app.clock.now()))).photos[0]), []);
  });

  it("what the phone made smaller is recorded", async () => {
    const shrunkFrom = { width: 9000, height: 6750, bytes: 14_000_000 };
    const added = await add(await opened(), "scene", SLOT_PHOTOS.scene, { shrunkFrom });
    assert.deepEqual(storedPhotos(await reread(added))[0]?.shrunkFrom, shrunkFrom);
    const [photo] = storedPhotos(added);
    assert.deepEqual([photo?.width, photo?.height], [1600, 1200], "of the picture as received");
  });
});

describe("further pictures", () => {
  it("of the lights or the lines are each driver's own: nobody replaces the other's, and none once the cars have moved", async () => {
    const accident = await joined();
    await add(accident, "traffic-light", SLOT_PHOTOS.scene);
    await add(accident, "traffic-light", SLOT_PHOTOS["own-damage"], { letter: "B" });
    const retaken = await add(accident, "traffic-light", SLOT_PHOTOS["other-damage"]);
    const by = (after: Accident) => inSlot(after, "traffic-light").map((photo) => photo.by);
    assert.deepEqual(by(retaken), ["B", "A"]);
    for (const slot of PHOTO_SLOTS) await add(accident, slot, await copied(SLOT_PHOTOS[slot]));
    await confirmMoved(app.ctx, { accidentId: accident.id, letter: "A" });
    const later = await add(accident, "traffic-light", SLOT_PHOTOS["own-plate"]);
    assert.deepEqual(by(later), ["B", "A", "A"]);
    await assert.rejects(add(accident, "scene", SLOT_PHOTOS.scene, { letter: "B" }), Conflict);
  });

  it("of the second driver fill none of the five places: they go when he is taken out", async () => {
    const accident = await joined();
    const [his] = inSlot(await add(accident, "extra", SLOT_PHOTOS.scene, { letter: "B" }), "extra");
    for (const letter of ["A", "B"] as const) {
      const move = movePhoto(app.ctx, { accidentId: accident.id, letter, photoId: String(his?.id), slot: "scene" });
      await assert.rejects(move, Conflict);
    }
  });

  it("are five of each driver at most beside the five, for which there is always room; a retake is no further one", async () => {
    const accident = await joined();
    const full = { code: "too-many-photos", status: 409 };
    const another = (n: number) => Buffer.concat([SLOT_PHOTOS["own-plate"], Buffer.from([n])]);
    for (let n = 0; n < 5; n++) await add(accident, "extra", another(n), { letter: "B" });
    await assert.rejects(add(accident, "extra", another(10), { letter: "B" }), full);
    await assert.rejects(announced(app, accident, another(11), "B"), full);
    for (let n = 5; n < 10; n++) await add(accident, "extra", another(n));
    for (const slot of PHOTO_SLOTS) await add(accident, slot, SLOT_PHOTOS[slot]);
    await assert.rejects(add(accident, "extra", another(12)), full);
    const [scene] = inSlot(await reread(accident), "scene");
    const photoId = String(scene?.id);
    const aside = movePhoto(app.ctx, { accidentId: accident.id, letter: "A", photoId, slot: "extra" });
    await assert.rejects(aside, full, "nor by putting one of the five aside");
    const retaken = await add(accident, "scene", await copied(SLOT_PHOTOS.scene));
    assert.deepEqual([retaken.photos.length, photosAreSafe(retaken)], [15, true]);
  });
});

/** Sent in the chat: the platform keeps the bytes under an id. */
async function announced(on: TestApp, accident: Accident, bytes: Buffer, letter: Letter = "A"): Promise<string> {
  const { id: mediaId } = on.simulator.platform.putMedia(bytes, "image/jpeg");
  const after = await announcePhoto(on.ctx, { accidentId: accident.id, letter, mediaId });
  return after.photos.find((photo) => photo.mediaId === mediaId)?.id as string;
}
const told = (on: TestApp, openid: string) => on.simulator.platform.inbox(openid).map(({ text }) => text ?? "");

describe("a picture of the chat", () => {
  const fetch = (accident: Accident, photoId: string) => fetchPhoto(app.ctx, { accidentId: accident.id, photoId });

  it("that shows nothing is refused with what to do, its place asked for again, and the third one taken", async () => {
    const openid = `o_${app.ctx.randomId()}`;
    await app.simulator.platform.follow(openid);
    const accident = await opened(openid);
    for (const round of [0, 1]) {
      const id = await announced(app, accident, await blurred(round));
      await app.settle();
      const refused = (await reread(accident)).photos.find((photo) => photo.id === id);
      assert.deepEqual([refused?.state, refusalOf(refused), codes(refused)], ["refused", "blurred", ["blurred"]]);
      assert.deepEqual((await reread(accident)).photoTries, { scene: round + 1 });
      assert.match(told(app, openid).at(-1) ?? "", /手拿稳/);
    }
    const id = await announced(app, accident, await blurred(2));
    await app.settle();
    const after = await reread(accident);
    assert.deepEqual(
      after.photos.map((photo) => [photo.id, photo.state, photo.slot]),
      [[id, "stored", "scene"]],
    );
  });

  it("without a reader stays in the order in which it was sent", async () => {
    const accident = await opened();
    for (const slot of PHOTO_SLOTS) await announced(app, accident, SLOT_PHOTOS[slot]);
    await app.settle();
    const after = await reread(accident);
    assert.deepEqual(
      after.photos.map(({ slot }) => slot),
      PHOTO_SLOTS,
    );
    for (const slot of PHOTO_SLOTS) {
      const { sha256 } = asStored(inSlot(after, slot)[0]);
      assert.ok((await app.ctx.blobs.read(after, sha256)).equals(SLOT_PHOTOS[slot]), "byte for byte");
    }
    assert.ok(storedPhotos(after).every(({ plates }) => plates === null));
  });

  it("that was only announced is not lost when the form fills its place", async () => {
    const accident = await opened();
    const id = await announced(app, accident, SLOT_PHOTOS["own-damage"]);
    await add(accident, "scene", SLOT_PHOTOS.scene);
    await fetch(accident, id);
    const after = await reread(accident);
    assert.deepEqual(
      after.photos.map(({ slot, state }) => [slot, state]),
      [
        ["extra", "stored"],
        ["scene", "stored"],
      ],
    );
  });

  it("twice at once is stored once", async () => {
    const accident = await opened();
    const id = await announced(app, accident, SLOT_PHOTOS.scene);
    await Promise.all([fetch(accident, id), fetch(accident, id), fetch(accident, id)]);
    const after = await reread(accident);
    assert.deepEqual([after.photos.length, eventsOf(after, "photo-stored").length], [1, 1]);
  });
});

describe("a picture of the chat that cannot be kept", () => {
  it("is tried again, and in the end refused with what to do: nobody waits for it for ever", async () => {
    const s3 = await startS3();
    const { endpoint, name, accessKeyId, secretAccessKey } = s3.bucket;
    const house = await startApp({
      env: {
        ...{
          STORAGE: "s3",
          S3_ENDPOINT: String(endpoint),
          S3_BUCKET: name,
          S3_REGION: "cn-shanghai",
          S3_FORCE_PATH_STYLE: "true",
        },
        ...{ AWS_ACCESS_KEY_ID: String(accessKeyId), AWS_SECRET_ACCESS_KEY: String(secretAccessKey) },
      },
    });
    const openid = `o_${house.ctx.randomId()}`;
    await house.simulator.platform.follow(openid);
    const { id: accidentId } = await openAccident(house.ctx, { person: await house.ctx.people.see(openid), ...CLEAR });
    const photoId = await announced(house, await house.ctx.accidents.get(accidentId), SLOT_PHOTOS.scene);
    await s3.stop();
    await assert.rejects(fetchPhoto(house.ctx, { accidentId, photoId }), { code: "bucket-unreachable" });
    assert.equal((await house.ctx.accidents.get(accidentId)).photos[0]?.state, "announced");
    assert.equal(await fetchPhoto(house.ctx, { accidentId, photoId, last: true }), null);
    const after = await house.ctx.accidents.get(accidentId);
    assert.deepEqual([after.photos[0]?.state, refusalOf(after.photos[0])], ["refused", "not-kept"]);
    assert.equal(missingSlots(after)[0], "scene");
    await house.settle();
    assert.match(told(house, openid).at(-1) ?? "", /“两车全景”照片未通过检查：暂时无法保存/);
    await house.stop();
    await s3.close();
  });
});

describe("every place and every finding", () => {
  it("has words, in the chat, on the pages and on the paper", () => {
    for (const language of ["zh", "en"] as const) {
      const t = app.ctx.render.words(language);
      const keys = [
        ...[...PHOTO_SLOTS, ...EXTRA_SLOTS].flatMap((slot) => [`evidence.slot.${slot}`, `agreement.slot.${slot}`]),
        ...FINDING_CODES.map((code) => `evidence.finding.${code}`),
      ];
      for (const key of keys) assert.ok(t.find(key), key);
    }
  });
});
