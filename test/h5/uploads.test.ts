import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { makeInvitation } from "../../src/actions/make-invitation.ts";
import { PIECES } from "../../src/domain/brakes.ts";
import { UPLOAD_LIMITS } from "../../src/http/upload.ts";
import { PERSON_HELD_BYTES, PIECE_BYTES } from "../../src/http/upload-share.ts";
import { UPLOAD_KEPT_MS } from "../../src/store/uploads.ts";
import { startTwins, type Twin } from "../chat/two-servers.ts";
import type { ManualClock } from "../support/clocks.ts";
import { closeDatabase } from "../support/database.ts";
import { another, largePhoto } from "../support/large-photo.ts";
import { storedPhotos } from "../support/stored-photos.ts";
import { hidden, Phone } from "./phone.ts";
import { piecesOf, sha256Of, UploadPhone } from "./upload-phone.ts";

let twins: [Twin, Twin];
let clock: ManualClock;
let original: Buffer;
let count = 0;
before(async () => {
  ({ twins, clock } = await startTwins());
  original = await largePhoto({ width: 1600, height: 1200, grain: 70 });
});
after(async () => {
  for (const twin of [...twins].reverse()) await twin.stop();
  await closeDatabase();
});

const newOpenid = () => `oUpload${String(++count).padStart(21, "0")}`;
const opened = () => UploadPhone.open(twins[0], newOpenid());
const photosOf = async (caseId: string) => storedPhotos(await twins[0].ctx.accidents.get(caseId));
const keptBytes = async (caseId: string, picture: Buffer) =>
  twins[1].ctx.blobs.read(await twins[1].ctx.accidents.get(caseId), sha256Of(picture));

describe("a picture in pieces", () => {
  it("cut at each tenth of its bytes goes on from the piece that is missing, and is the very picture in the end", async () => {
    const phone = await opened();
    const picture = another(original);
    assert.ok(piecesOf(picture).length > 3, `${picture.length} bytes`);
    for (let tenth = 1; tenth < 10; tenth++) {
      const until = Math.floor((picture.length * tenth) / 10);
      await phone.sendPieces(picture, until);
      const { body } = await phone.ask(`/${sha256Of(picture)}`, { method: "GET" });
      const whole = Array.from({ length: Math.floor(until / PIECE_BYTES) }, (_, n) => n);
      assert.deepEqual(body, { pieceBytes: PIECE_BYTES, pieces: whole, slots: [] });
      assert.equal((await phone.finish(picture, "scene")).body.error?.code, "pieces-missing");
    }
    await phone.sendPieces(picture);
    const { status, body } = await phone.finish(picture, "scene");
    assert.equal(status, 200);
    assert.deepEqual(
      [body["slot"], body["state"], body["missing"], body["next"], body["step"]],
      ["scene", "stored", 4, "own-damage", "photos"],
    );
    const [photo, ...others] = await photosOf(phone.caseId);
    assert.deepEqual(others, []);
    assert.equal(photo?.id, body["photo"]);
    assert.equal(photo?.sha256, sha256Of(picture));
    assert.ok((await keptBytes(phone.caseId, picture)).equals(picture));
    assert.equal(/"level":"(error|fatal)"/.test(twins[0].logged()), false, twins[0].logged().slice(-2_000));
  });

  it("whose answer was lost is asked for again and is no second one, and nothing of it stays behind", async () => {
    const phone = await opened();
    const picture = another(original);
    await phone.sendPieces(picture);
    const first = await phone.finish(picture, "extra");
    assert.deepEqual((await phone.ask(`/${sha256Of(picture)}`, { method: "GET" })).body["slots"], ["extra"]);
    const again = await phone.finish(picture, "extra");
    assert.equal(again.status, 200);
    assert.equal(again.body["photo"], first.body["photo"]);
    // the whole way once more: a phone whose page was closed before it had written down that it is done
    await phone.sendPieces(picture);
    assert.equal((await phone.finish(picture, "extra")).body["photo"], first.body["photo"]);
    assert.equal((await photosOf(phone.caseId)).length, 1);
  });

  it("that is finished many times at once, at two servers, is one picture", async () => {
    const phone = await opened();
    const picture = another(original);
    const phones = [phone, phone.at(twins[1].url), phone, phone.at(twins[1].url)];
    await Promise.all(phones.map((one) => one.sendPieces(picture)));
    const answers = await Promise.all(phones.map((one) => one.finish(picture, "scene")));
    assert.deepEqual(
      answers.map(({ status, body }) => [status, body["photo"]]),
      answers.map(() => [200, answers[0]?.body["photo"]]),
    );
    assert.equal((await photosOf(phone.caseId)).length, 1);
  });

  it("tells what the phone had before it made it smaller", async () => {
    const phone = await opened();
    const picture = another(original);
    await phone.sendPieces(picture);
    await phone.finish(picture, "scene", { fromWidth: 4032, fromHeight: 3024, fromBytes: 5_000_000 });
    const small = await largePhoto({ width: 1000, height: 800 });
    await phone.whole(small, "own-damage", "&fromWidth=8000&fromHeight=6000&fromBytes=11000000");
    assert.deepEqual(
      (await photosOf(phone.caseId)).map(({ shrunkFrom }) => shrunkFrom),
      [
        { width: 4032, height: 3024, bytes: 5_000_000 },
        { width: 8000, height: 6000, bytes: 11_000_000 },
      ],
    );
  });

  it("is not taken when its bytes are not those that it is named after, and may come anew", async () => {
    const phone = await opened();
    const picture = another(original);
    const path = `/${sha256Of(picture)}`;
    await phone.sendPieces(picture);
    await phone.ask(`${path}/1`, { method: "PUT", bytes: piecesOf(another(original))[1]! });
    await phone.ask(`${path}/2`, { method: "PUT", bytes: piecesOf(picture)[2]!.subarray(0, 100) });
    const damaged = await phone.finish(picture, "scene");
    assert.deepEqual([damaged.status, damaged.body.error?.code], [422, "upload-damaged"]);
    assert.deepEqual((await phone.ask(path, { method: "GET" })).body["pieces"], []);
    await phone.sendPieces(picture);
    assert.equal((await phone.finish(picture, "scene")).status, 200);
    assert.ok((await keptBytes(phone.caseId, picture)).equals(picture));
  });

  it("that is said to be longer or shorter than it is, is none", async () => {
    const phone = await opened();
    const picture = another(original);
    await phone.sendPieces(picture);
    const longer = { bytes: picture.length + PIECE_BYTES };
    assert.equal((await phone.finish(picture, "scene", longer)).body.error?.code, "pieces-missing");
    assert.equal((await phone.finish(picture, "scene", { bytes: 5 })).body.error?.code, "upload-damaged");
    assert.equal((await photosOf(phone.caseId)).length, 0);
  });

  it("has an hour, then it begins from its first piece", async () => {
    const phone = await opened();
    const picture = another(original);
    await phone.sendPieces(picture, picture.length / 2);
    clock.advance(UPLOAD_KEPT_MS);
    const path = `/${sha256Of(picture)}`;
    assert.deepEqual((await phone.ask(path, { method: "GET" })).body["pieces"], []);
    const late = await phone.ask(`${path}/2`, { method: "PUT", bytes: piecesOf(picture)[2]! });
    assert.deepEqual([late.status, late.body.error?.code], [409, "pieces-missing"]);
    await phone.sendPieces(picture);
    assert.equal((await phone.finish(picture, "scene")).status, 200);
  });
});

describe("a small picture", () => {
  it("goes in one request, and again without doubling", async () => {
    const phone = await opened();
    const picture = another(original);
    const [first, again] = [await phone.whole(picture, "scene"), await phone.whole(picture, "scene")];
    assert.deepEqual([first.status, again.status], [200, 200]);
    assert.equal(again.body["photo"], first.body["photo"]);
    assert.equal((await photosOf(phone.caseId)).length, 1);
    assert.ok((await keptBytes(phone.caseId, picture)).equals(picture));
  });

  it("cut in the middle leaves nothing, and comes again", async () => {
    const phone = await opened();
    const picture = another(original);
    for (const share of [0, 0.3, 0.9]) {
      const cutAfter = Math.floor(picture.length * share);
      await phone.ask(`?slot=scene&bytes=${picture.length}`, { bytes: picture, cutAfter });
    }
    assert.equal((await photosOf(phone.caseId)).length, 0);
    assert.equal((await phone.whole(picture, "scene")).status, 200);
  });
});

describe("what no picture may be", () => {
  const hash = "a".repeat(64);
  const piece = Buffer.alloc(10);
  const put = { method: "PUT", bytes: piece };
  const about = "?slot=scene&bytes=10";

  it("is refused by its address, its fields, its length or its kind", async () => {
    const phone = await opened();
    const cases: [string, Parameters<UploadPhone["ask"]>[1], number, string][] = [
      ["/abc", { method: "GET" }, 404, "not-found"],
      [`/${hash.toUpperCase()}`, { method: "GET" }, 404, "not-found"],
      [`/${hash}/48`, put, 404, "not-found"],
      [`/${hash}/-1`, put, 404, "not-found"],
      [`/${hash}/01`, put, 404, "not-found"],
      [`/${hash}/0x1`, put, 404, "not-found"],
      [`/${hash}/0`, { method: "PUT", bytes: Buffer.alloc(PIECE_BYTES + 1) }, 413, "too-large"],
      [`/${hash}/0`, { method: "PUT", bytes: Buffer.alloc(2_000_000), chunked: true }, 413, "too-large"],
      [`/${hash}/0`, { method: "PUT", bytes: Buffer.alloc(0) }, 400, "malformed-body"],
      [`/${hash}/0`, { method: "PUT", fields: {} }, 415, "unknown-body"],
      [`/${hash}/1`, put, 409, "pieces-missing"],
      [`/${hash}`, { fields: { slot: "scene" } }, 422, "format"],
      [`/${hash}`, { fields: { slot: "roof", bytes: 10 } }, 422, "format"],
      [`/${hash}`, { fields: { slot: { $ne: "" }, bytes: 10 } }, 422, "format"],
      [`/${hash}`, { fields: { slot: "scene", bytes: 1.5 } }, 422, "format"],
      [`/${hash}`, { fields: { slot: "scene", bytes: 10, fromWidth: 5 } }, 422, "format"],
      [`/${hash}`, { fields: { slot: "scene", bytes: 10, state: "stored" } }, 422, "format"],
      [`/${hash}`, { fields: { slot: "scene", bytes: UPLOAD_LIMITS.fileBytes + 1 } }, 413, "photo-too-large"],
      [`/${hash}`, { fields: { slot: "scene", bytes: 10 } }, 409, "pieces-missing"],
      [`${about}&slot=scene`, { bytes: piece }, 422, "format"],
      ["?slot=scene&bytes=11", { bytes: piece }, 400, "malformed-body"],
      [about, { bytes: piece }, 415, "not-an-image"],
      [about, { fields: {} }, 415, "unknown-body"],
      [`?slot=scene&bytes=${UPLOAD_LIMITS.fileBytes + 1}`, { bytes: piece }, 413, "photo-too-large"],
    ];
    for (const [path, asked, status, code] of cases) {
      const told = await phone.ask(path, asked);
      assert.deepEqual([told.status, told.body.error?.code], [status, code], `${asked?.method ?? "POST"} ${path}`);
    }
    assert.equal((await photosOf(phone.caseId)).length, 0);
  });

  it("is refused in the reader's words", async () => {
    const phone = await opened();
    const { body } = await phone.ask(about, { bytes: piece });
    assert.match(String(body.error?.message), /这不是 JPEG、HEIC、AVIF、PNG 或 WebP 照片/);
  });

  it("is refused without a session, the token or our own page", async () => {
    const phone = await opened();
    const asked: [string, object][] = [
      [`/${hash}/0`, put],
      [`/${hash}`, { fields: { slot: "scene", bytes: 10 } }],
      [about, { bytes: piece }],
    ];
    for (const [path, ask] of asked) {
      const told = async (headers: Record<string, string>) => (await phone.ask(path, { ...ask, headers })).status;
      assert.equal(await told({ cookie: "" }), 401, path);
      assert.equal(await told({ "x-csrf-token": "" }), 403, path);
      assert.equal(await told({ "x-csrf-token": "x".repeat(43) }), 403, path);
      assert.equal(await told({ origin: "https://evil.example" }), 403, path);
      assert.equal(await told({ "sec-fetch-site": "cross-site" }), 403, path);
    }
    assert.equal((await phone.ask(`/${hash}`, { method: "GET", headers: { cookie: "" } })).status, 401);
  });

  it("of another's case is not there", async () => {
    const [owner, stranger] = [await opened(), await opened()];
    const foreign = new UploadPhone(owner.base, stranger);
    for (const told of [
      await foreign.ask(`/${hash}`, { method: "GET" }),
      await foreign.ask(`/${hash}/0`, put),
      await foreign.finish(original, "scene"),
      await foreign.whole(original, "scene"),
    ])
      assert.equal(told.status, 404);
  });

  it("is what the other driver of the case has sent: he has pieces of his own", async () => {
    const phone = await opened();
    const { invitation } = await makeInvitation(twins[0].ctx, { accidentId: phone.caseId, letter: "A" });
    const b = new Phone(twins[0], newOpenid());
    const { location } = await b.fill(`/h5/join/${invitation!.code}`, {
      condition: "none",
      notice: "yes",
      sensitive: "yes",
    });
    const token = hidden((await b.get(location)).html, "_csrf");
    const other = new UploadPhone(phone.base, { cookie: b.jar.header(), token });
    const picture = another(original);
    await phone.sendPieces(picture);
    assert.deepEqual((await other.ask(`/${sha256Of(picture)}`, { method: "GET" })).body["pieces"], []);
    assert.equal((await other.finish(picture, "extra")).body.error?.code, "pieces-missing");
    // the five are the first driver's to take
    assert.equal((await other.whole(picture, "scene")).body.error?.code, "wrong-step");
    assert.equal((await phone.finish(picture, "scene")).status, 200);
    // the very picture that the first driver has taken as a further one is still to come from the second
    await phone.sendPieces(picture);
    assert.equal((await phone.finish(picture, "extra")).status, 200);
    assert.deepEqual((await other.ask(`/${sha256Of(picture)}`, { method: "GET" })).body["slots"], []);
    await other.sendPieces(picture);
    assert.equal((await other.finish(picture, "extra")).status, 200);
    const extras = (await photosOf(phone.caseId)).filter(({ slot }) => slot === "extra");
    assert.deepEqual(extras.map(({ by }) => by).sort(), ["A", "B"]);
  });

  it("comes after the case is over", async () => {
    const phone = await opened();
    const site = new Phone(twins[0]);
    for (const pair of phone.cookie.split("; ")) site.jar.set(pair.split("=")[0]!, pair.slice(pair.indexOf("=") + 1));
    const kept = another(original);
    assert.equal((await phone.whole(kept, "scene")).status, 200);
    await phone.sendPieces(kept);
    await site.fill(`/h5/accidents/${phone.caseId}/way-out`, { choice: "withdraw" });
    assert.ok((await twins[0].ctx.accidents.get(phone.caseId)).ended, "ended");
    assert.equal((await phone.ask(`/${hash}/0`, put)).body.error?.code, "wrong-step");
    assert.equal((await phone.finish(original, "scene")).body.error?.code, "wrong-step");
    assert.equal((await phone.whole(original, "scene")).body.error?.code, "wrong-step");
    // what was taken in time, and only its answer was lost
    assert.equal((await phone.finish(kept, "scene")).status, 200);
  });
});

describe("too much of one person", () => {
  it("is begun and never finished: so many bytes are kept, and for an hour", async () => {
    const phone = await opened();
    const send = (n: number) =>
      phone.ask(`/${sha256Of(Buffer.from(`${n}`))}/0`, { method: "PUT", bytes: Buffer.alloc(9) });
    for (let n = 0; n < PIECES.mine; n += 20)
      for (const { status } of await Promise.all(Array.from({ length: 20 }, (_, one) => send(n + one))))
        assert.equal(status, 200);
    const refused = await send(PIECES.mine);
    assert.deepEqual([refused.status, refused.headers["retry-after"]], [429, "600"]);
    assert.equal((await send(3)).status, 200, "what is there may come again");
    assert.equal((await phone.whole(another(original), "scene")).status, 200, "a picture in one request needs none");
    clock.advance(3_600_000);
    assert.equal((await send(PIECES.mine)).status, 200);
  });

  it("is held at one moment: 503 with a time, while others go on", async () => {
    const [greedy, other] = [await opened(), await opened()];
    const large = UPLOAD_LIMITS.fileBytes;
    const path = `?slot=extra&bytes=${large}`;
    const many = Array.from({ length: Math.floor(PERSON_HELD_BYTES / large) }, () => greedy.hang(path, large));
    await Promise.all(many.map(({ begun }) => begun));
    // Asks for room and is refused for its place before a byte of it is held: one that is held while the
    // server still reads the others would take the room from them.
    const isHeld = async () => (await greedy.ask("?slot=nowhere&bytes=9", { bytes: Buffer.alloc(9) })).status === 503;
    while (!(await isHeld()));
    const refused = await greedy.whole(original, "extra");
    assert.equal(refused.status, 503);
    assert.deepEqual([refused.body.error?.code, refused.headers["retry-after"]], ["busy", "5"]);
    assert.equal((await other.whole(another(original), "scene")).status, 200);
    for (const { end } of many) end();
    let status = 0;
    while (status !== 200) ({ status } = await greedy.whole(another(original), "scene"));
  });
});
