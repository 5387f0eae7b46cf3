import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { addPhoto } from "../../src/actions/add-photo.ts";
import { confirmMoved } from "../../src/actions/confirm-moved.ts";
import { giveDetails } from "../../src/actions/give-details.ts";
import { giveStatement } from "../../src/actions/give-statement.ts";
import { makeInvitation } from "../../src/actions/make-invitation.ts";
import { openAccident } from "../../src/actions/open-accident.ts";
import { recordPlace } from "../../src/actions/record-place.ts";
import { removeParty } from "../../src/actions/remove-party.ts";
import { signAgreement } from "../../src/actions/sign-agreement.ts";
import { loadConfig } from "../../src/config.ts";
import { type Context, createContext } from "../../src/context.ts";
import { type Accident, LETTERS } from "../../src/domain/accident.ts";
import { contentDigest } from "../../src/domain/agreement.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { stepOf } from "../../src/domain/journey.ts";
import { PHOTO_SLOTS } from "../../src/domain/photo.ts";
import { Conflict } from "../../src/errors.ts";
import { settlePaper } from "../../src/jobs/settle-paper.ts";
import { firstBrokenEvent } from "../../src/store/event-chain.ts";
import { CALM_DATABASE } from "../support/calm-database.ts";
import { standingClock } from "../support/clocks.ts";
import { closeDatabase, databaseUri, freePort } from "../support/database.ts";
import { DETAILS, SIGNATURE } from "../support/drivers.ts";
import { joinByCode } from "../support/join-by-code.ts";
import { placeOf } from "../support/place-of.ts";
import { SLOT_PHOTOS } from "../support/slot-photos.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const clear = { vehicles: "two" as const, conditions: [] };
let ctx: Context;

before(async () => {
  const config = await loadConfig({
    PORT: String(await freePort()),
    DATA_DIR: temporaryFolder("test"),
    LOG_LEVEL: "silent",
  });
  const clock = standingClock();
  ctx = await createContext(config, {
    clock,
    timer: clock,
    limits: CALM_DATABASE,
    databaseUri: await databaseUri(),
    pictureNiceness: 0,
  });
});
after(async () => {
  await ctx.close();
  await closeDatabase();
});

/** Both drivers up to the page on which they sign. */
async function readyToSign(): Promise<Accident> {
  const [a, b] = await Promise.all([
    ctx.people.see(`openid-${ctx.randomId()}`),
    ctx.people.see(`openid-${ctx.randomId()}`),
  ]);
  const { id } = await openAccident(ctx, { person: a, textVersion: NOTICE_VERSION, answer: clear });
  for (const slot of PHOTO_SLOTS)
    await addPhoto(ctx, { accidentId: id, letter: "A", slot, bytes: SLOT_PHOTOS[slot], source: "form" });
  await confirmMoved(ctx, { accidentId: id, letter: "A" });
  const invited = await makeInvitation(ctx, { accidentId: id, letter: "A" });
  await joinByCode(ctx, {
    person: b,
    code: invited.invitation?.code ?? "",
    textVersion: NOTICE_VERSION,
    answer: clear,
  });
  await recordPlace(ctx, { accidentId: id, letter: "A", ...placeOf(ctx) });
  for (const letter of LETTERS) await giveDetails(ctx, { accidentId: id, letter, details: DETAILS[letter] });
  const impact = { A: "front" as const, B: "rear" as const };
  const acts = { A: "QS-01", B: "none" };
  for (const letter of LETTERS) {
    const [ownAct, otherAct] = letter === "A" ? [acts.A, acts.B] : [acts.B, acts.A];
    await giveStatement(ctx, {
      accidentId: id,
      letter,
      statement: { ownAct, otherAct, impact: impact[letter], note: "" },
    });
  }
  return ctx.accidents.get(id);
}

const sign = (accident: Accident, letter: "A" | "B", forwarding = true) =>
  signAgreement(ctx, {
    accidentId: accident.id,
    letter,
    contentDigest: contentDigest(ctx, accident),
    signature: SIGNATURE,
    forwarding,
  });

test("two drivers settle: the second signature concludes, the paper is made and each insurer gets his claim", async () => {
  const ready = await readyToSign();
  assert.deepEqual(
    LETTERS.map((letter) => stepOf(ready, letter, ctx.config.rules.catalogue)),
    ["sign", "sign"],
  );
  const half = await sign(ready, "A");
  assert.equal(half.concludedAt, null);
  assert.equal(stepOf(half, "A", ctx.config.rules.catalogue), "wait-signature");
  const concluded = await sign(half, "B");
  assert.ok(concluded.concludedAt);
  const done = await settlePaper(ctx, { accidentId: ready.id });
  assert.deepEqual(
    done.claims.map(({ party, insurerCode }) => [party, insurerCode]),
    [
      ["A", "PICC"],
      ["B", "CPIC"],
    ],
  );
  const pdf = await ctx.blobs.read(done, done.documents?.pdfSha256 ?? "");
  assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
  assert.equal(firstBrokenEvent(done.id, done.events), null);
  assert.equal((await settlePaper(ctx, { accidentId: ready.id })).version, done.version);
});

test("what is read back is what was written, and nothing personal stands in the database in the clear", async () => {
  const ready = await readyToSign();
  const again = await ctx.accidents.get(ready.id);
  assert.deepEqual(again, ready);
  const all = JSON.stringify(ready.events);
  for (const secret of ["张伟", "310101199003077413", "13800138000", "沪A12345", "延安东路"])
    assert.ok(!all.includes(secret), secret);
});

test("signing a text that has changed since is refused and changes nothing", async () => {
  const ready = await readyToSign();
  const changed = await recordPlace(ctx, { accidentId: ready.id, letter: "A", ...placeOf(ctx), address: "别处" });
  await assert.rejects(
    sign(ready, "A"),
    (error: Conflict) => error instanceof Conflict && error.code === "text-changed",
  );
  assert.equal((await ctx.accidents.get(ready.id)).version, changed.version);
});

test("a correction after the first signature makes both sign anew", async () => {
  const ready = await readyToSign();
  await sign(ready, "A");
  const corrected = await giveDetails(ctx, {
    accidentId: ready.id,
    letter: "B",
    details: { ...DETAILS.B, phone: "13700137000" },
  });
  assert.equal(corrected.parties.A.signature, null);
  const [queued] = (await ctx.accidents.listOutbox(100)).filter(({ accidentId }) => accidentId === ready.id);
  const last = queued?.entries.at(-1);
  assert.equal(last?.target, ready.parties.A.identity.personId);
  assert.match(await ctx.accidents.openBody(ready.id, String(last?.id), last?.sealed as Buffer), /text-changed/);
  assert.equal(stepOf(corrected, "A", ctx.config.rules.catalogue), "sign");
});

test("of many signatures of one driver at once one counts", async () => {
  const ready = await readyToSign();
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => sign(ready, "A")));
  assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1);
  const after = await ctx.accidents.get(ready.id);
  assert.equal(after.events.filter(({ type }) => type === "agreement-signed").length, 1);
});

test("who refuses the forwarding still signs and gets the paper; no claim goes out for him", async () => {
  const ready = await readyToSign();
  const half = await sign(ready, "A", false);
  await sign(half, "B");
  const done = await settlePaper(ctx, { accidentId: ready.id });
  assert.deepEqual(
    done.claims.map(({ party }) => party),
    ["B"],
  );
});

test("who is taken out leaves nothing of his behind that would pass for the next one's", async () => {
  const { id, photos } = await readyToSign();
  await addPhoto(ctx, { accidentId: id, letter: "B", slot: "extra", bytes: SLOT_PHOTOS.scene, source: "form" });
  const after = await removeParty(ctx, { accidentId: id, letter: "A" });
  assert.equal(after.parties.B, null);
  assert.deepEqual(after.photos, photos);
});

test("both drivers write at the same time and nothing is lost", async () => {
  const ready = await readyToSign();
  const work = LETTERS.flatMap((letter) =>
    (["scene", "own-damage", "own-plate"] as const).map((shown) =>
      addPhoto(ctx, { accidentId: ready.id, letter, slot: "extra", bytes: SLOT_PHOTOS[shown], source: "form" }),
    ),
  );
  await Promise.all(work);
  const after = await ctx.accidents.get(ready.id);
  assert.equal(after.photos.filter(({ slot }) => slot === "extra").length, 6);
  assert.equal(firstBrokenEvent(after.id, after.events), null);
});
