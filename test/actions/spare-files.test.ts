import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import sharp from "sharp";
import { addPhoto } from "../../src/actions/add-photo.ts";
import { deleteSpareFiles } from "../../src/actions/delete-spare-files.ts";
import { endAccident } from "../../src/actions/end-accident.ts";
import { holdCase } from "../../src/actions/hold-case.ts";
import { liftHold } from "../../src/actions/lift-hold.ts";
import { removeParty } from "../../src/actions/remove-party.ts";
import { signAgreement } from "../../src/actions/sign-agreement.ts";
import { takeBackSignature } from "../../src/actions/take-back-signature.ts";
import type { Accident, Letter } from "../../src/domain/accident.ts";
import { contentDigest } from "../../src/domain/agreement.ts";
import { filesNeeded } from "../../src/domain/case-files.ts";
import type { PhotoSlot, StoredPhoto } from "../../src/domain/photo.ts";
import { firstBrokenEvent } from "../../src/store/event-chain.ts";
import { newPerson, openCase, openPair, readyPair } from "../h5/settle-driver.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { SIGNATURE } from "../support/drivers.ts";
import { passTime } from "../support/pass-time.ts";
import { SLOT_PHOTOS } from "../support/slot-photos.ts";
import { storedPhotos } from "../support/stored-photos.ts";

const HOUR_MS = 3_600_000;
let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const get = (id: string) => app.ctx.accidents.get(id);
const add = (accidentId: string, slot: PhotoSlot, bytes: Buffer, letter: Letter = "A") =>
  addPhoto(app.ctx, { accidentId, letter, slot, bytes, source: "form" });
const another = (width: number) => sharp(SLOT_PHOTOS.scene).resize(width).jpeg().toBuffer();
const filesOf = ({ sha256, copySha256, thumbSha256 }: StoredPhoto) => [sha256, copySha256, thumbSha256];
const only = (accident: Accident): StoredPhoto => {
  const [photo, ...others] = storedPhotos(accident);
  assert.ok(photo && others.length === 0);
  return photo;
};

async function areThere(accident: Accident, names: Iterable<string>): Promise<boolean[]> {
  const read = (name: string) => app.ctx.blobs.read(accident, name).then(Boolean, () => false);
  return Promise.all([...names].map(read));
}
const allThere = async (accident: Accident, names: Iterable<string>) =>
  assert.ok((await areThere(accident, names)).every((isThere) => isThere));
const allGone = async (accident: Accident, names: Iterable<string>) =>
  assert.ok((await areThere(accident, names)).every((isThere) => !isThere));

/** The jobs' work after so long, and the sweep that follows. */
async function pass(hours: number): Promise<void> {
  await passTime(app, hours * HOUR_MS);
  while ((await deleteSpareFiles(app.ctx)) > 0);
  await app.ctx.blobs.sweep();
}

const deletedIn = ({ events }: Accident) => events.filter(({ type }) => type === "files-deleted");
const sign = async (accidentId: string, letter: Letter) =>
  signAgreement(app.ctx, {
    accidentId,
    letter,
    contentDigest: contentDigest(app.ctx, await get(accidentId)) as string,
    signature: SIGNATURE,
    forwarding: true,
  });

describe("files that no case needs", () => {
  it("a picture that was taken again goes with its copies after a day; an event names it, the new one stays", async () => {
    const { id } = await openCase(app.ctx, await newPerson(app.ctx, "zh"));
    const first = only(await add(id, "scene", SLOT_PHOTOS.scene));
    const second = only(await add(id, "scene", await another(1500)));
    assert.notEqual(first.sha256, second.sha256);
    await pass(23);
    await allThere(await get(id), [...filesOf(first), ...filesOf(second)]);

    await pass(2);
    const accident = await get(id);
    await allGone(accident, filesOf(first));
    await allThere(accident, filesOf(second));
    const [event, ...more] = deletedIn(accident);
    assert.equal(more.length, 0);
    const stored = accident.events.find(({ type }) => type === "photo-stored");
    assert.equal(event?.data.files, 3);
    const digests = event?.data.digests;
    assert.ok(Array.isArray(digests) && digests.includes(String(stored?.data.digest)));
    assert.equal(firstBrokenEvent(id, accident.events), null);
    await pass(48);
    assert.equal(deletedIn(await get(id)).length, 1, "once");
  });

  it("stay while a legal hold stands, one that was placed in the same moment, too, and go after it", async () => {
    const { id } = await openCase(app.ctx, await newPerson(app.ctx, "zh"));
    const first = only(await add(id, "scene", SLOT_PHOTOS.scene));
    await add(id, "scene", await another(1400));
    await passTime(app, 25 * HOUR_MS);
    const list: typeof app.ctx.spareMarks.list = async (...asked) => {
      const marks = await app.ctx.spareMarks.list(...asked);
      await holdCase(app.ctx, { id, reason: "court" });
      return marks;
    };
    await deleteSpareFiles({ ...app.ctx, spareMarks: { ...app.ctx.spareMarks, list } });
    await pass(25);
    await allThere(await get(id), filesOf(first));
    await liftHold(app.ctx, { id });
    await pass(25);
    await allGone(await get(id), filesOf(first));
  });

  it("the pictures of a driver who was removed go after a day, with their fingerprints; driver A's stay", async () => {
    const { id } = await openPair(app);
    const theirs = storedPhotos(await add(id, "extra", SLOT_PHOTOS["own-plate"], "B")).find(({ by }) => by === "B");
    assert.ok(theirs);
    const mine = storedPhotos(await add(id, "extra", SLOT_PHOTOS["other-plate"])).find(
      ({ slot, by }) => slot === "extra" && by === "A",
    );
    await app.ctx.photoHashes.note({ accidentId: id, number: "KC1", photoId: theirs.id, imageHash: "0f".repeat(8) });
    await removeParty(app.ctx, { accidentId: id, letter: "A" });
    await allThere(await get(id), filesOf(theirs));
    await pass(25);
    await allGone(await get(id), filesOf(theirs));
    await allThere(await get(id), filesOf(mine as StoredPhoto));
    const like = await app.ctx.photoHashes.findLike({ accidentId: "another", imageHash: "0f".repeat(8) });
    assert.equal(like, null);
  });

  it("of a concluded agreement every picture, both signatures and the paper stay", async () => {
    const { id } = await readyPair(app, { real: true });
    for (const letter of ["A", "B"] as const) await sign(id, letter);
    await app.settle();
    const before = await get(id);
    assert.ok(before.documents);
    await pass(72);
    const accident = await get(id);
    const needed = filesNeeded(accident);
    assert.equal(needed.size, 5 * 3 + 1, "both drew the same");
    await allThere(accident, needed);
    const { pdfSha256, pngSha256, pictureSha256 } = before.documents;
    await allThere(accident, [pdfSha256, ...pngSha256, pictureSha256]);
    assert.equal(deletedIn(accident).length, 0);
  });

  it("a signature that was taken back goes after a day; given once more it stays", async () => {
    const [{ id }, again] = [await readyPair(app), await readyPair(app)];
    const image = (await sign(id, "A")).parties.A.signature?.imageSha256;
    assert.ok(image);
    await takeBackSignature(app.ctx, { accidentId: id, letter: "A" });
    await sign(again.id, "A");
    await takeBackSignature(app.ctx, { accidentId: again.id, letter: "A" });
    await sign(again.id, "A");
    await pass(25);
    await allGone(await get(id), [image]);
    await allThere(await get(again.id), [image]);
  });

  it("an upload that became no photograph goes a day after its case is over", async () => {
    const { id } = await openCase(app.ctx, await newPerson(app.ctx, "zh"));
    const lost = await app.ctx.blobs.save(await get(id), Buffer.from("its case was over meanwhile"), "original");
    await endAccident(app.ctx, { accidentId: id, letter: "A", code: "withdrawn" });
    await allThere(await get(id), [lost]);
    await pass(25);
    await allGone(await get(id), [lost]);
  });

  it("what is sent once more while it is about to go stays", async () => {
    const { id } = await openCase(app.ctx, await newPerson(app.ctx, "zh"));
    const accident = await get(id);
    const bytes = Buffer.from("the same picture twice");
    const name = await app.ctx.blobs.save(accident, bytes, "original");
    await passTime(app, 25 * HOUR_MS);
    const before = new Date(app.clock.now().getTime() - 24 * HOUR_MS);
    const stored = await app.ctx.blobs.listPersonal(id, before);
    assert.deepEqual(
      stored.map(({ sha256 }) => sha256),
      [name],
    );
    await app.ctx.blobs.save(accident, bytes, "original");
    await app.ctx.blobs.giveUp(stored, before);
    await app.ctx.blobs.sweep();
    await allThere(accident, [name]);
  });
});
