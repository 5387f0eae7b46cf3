import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { resendDelivery } from "../../src/actions/resend-delivery.ts";
import { tellLateClaims } from "../../src/actions/tell-late-claims.ts";
import { withdrawForwarding } from "../../src/actions/withdraw-forwarding.ts";
import type { Accident, Letter } from "../../src/domain/accident.ts";
import { viewedClaims } from "../../src/domain/claim-view.ts";
import { firstBrokenEvent } from "../../src/store/event-chain.ts";
import { claimFaults } from "../support/claim-schemas.ts";
import { type ClaimsHouse, openClaimsHouse } from "../support/claims-house.ts";
import { drivers } from "../support/concluded-accident.ts";
import { closeDatabase } from "../support/database.ts";

const DAY_MS = 86_400_000;
let house: ClaimsHouse;
before(async () => {
  house = await openClaimsHouse();
});
afterEach(async () => {
  for (const code of ["PICC", "PAIC"]) house.insurers.setMode(code, { kind: "normal" });
  await house.jobs.settle();
});
after(async () => {
  await house.close();
  await closeDatabase();
});

const withdraw = ({ id }: Accident, letter: Letter) => withdrawForwarding(house.ctx, { accidentId: id, letter });
const received = ({ number }: Accident, letter: Letter) => house.insurers.find(`${number}-${letter}`);
const reread = ({ id }: Accident) => house.ctx.accidents.get(id);
const typesOf = ({ events }: Accident) => events.map(({ type }) => type);
/** Notices that wait, as the driver's letter and what that driver is told. */
const told = async ({ id }: Accident) =>
  (await house.notices(id)).map(({ to, code }) => `${to.slice(-1)} ${code}`).sort();
/** The notices of the conclusion are taken over, the claims are not sent. */
async function takeOver(): Promise<void> {
  for (const box of await house.ctx.accidents.listOutbox(100)) await house.ctx.deliveries.upsertFromOutbox(box);
}

describe("a withdrawn consent to forward, before the claims have arrived", () => {
  it("stops the liable driver's claim and takes that driver's data from the other's; both are told whom to call", async () => {
    const accident = await house.conclude();
    const before = await told(accident);
    const after = await withdraw(accident, "A");
    assert.deepEqual((await told(accident)).filter((line) => !before.includes(line)).sort(), [
      "A claim-call-insurer",
      "B claim-call-other",
    ]);
    assert.deepEqual(typesOf(after).slice(-2), ["consent-withdrawn", "claim-stopped"]);
    await house.jobs.settle();
    assert.equal(received(accident, "A"), null);
    const body = received(accident, "B")?.body ?? "";
    assert.deepEqual(claimFaults(body), []);
    for (const mine of [drivers.A.name, drivers.A.phone]) assert.ok(!body.includes(mine), mine);
    for (const theirs of [drivers.B.name, drivers.B.phone]) assert.ok(body.includes(theirs), theirs);
    const at = await reread(accident);
    assert.ok(!typesOf(at).includes("claim-undeliverable"));
    assert.equal(viewedClaims(at, "A").length, 0);
    assert.equal(firstBrokenEvent(at.id, at.events), null);
  });

  it("of the driver who bears nothing stops the information to the own insurer; nobody has to call anyone new", async () => {
    const accident = await house.conclude();
    const before = await told(accident);
    await withdraw(accident, "B");
    assert.deepEqual(await told(accident), before);
    await house.jobs.settle();
    assert.equal(received(accident, "B"), null);
    const body = received(accident, "A")?.body ?? "";
    assert.deepEqual(claimFaults(body), []);
    assert.ok(body.includes(drivers.A.name) && !body.includes(drivers.B.name) && !body.includes(drivers.B.phone));
  });

  it("counts once", async () => {
    const accident = await house.conclude();
    await withdraw(accident, "A");
    const { version } = await withdraw(accident, "A");
    assert.equal(version, (await reread(accident)).version);
    assert.equal(typesOf(await reread(accident)).filter((type) => type === "consent-withdrawn").length, 1);
    const other = await house.conclude({ forwarding: { A: false, B: true } });
    assert.deepEqual(typesOf(await withdraw(other, "A")), typesOf(other), "nothing was given");
  });

  it("also stops a claim that is tried again and again, that is late, and that an operator sends again", async () => {
    house.insurers.setMode("PICC", { kind: "down" });
    const accident = await house.conclude();
    await house.jobs.settle();
    await withdraw(accident, "A");
    house.clock.advance(DAY_MS + 1);
    await tellLateClaims(house.ctx);
    assert.ok(!typesOf(await reread(accident)).includes("claim-delayed"));
    house.insurers.setMode("PICC", { kind: "normal" });
    await takeOver();
    const [delivery] = await house.ctx.deliveries.listUndelivered(1_000);
    if (delivery?.kind === "claim") await resendDelivery(house.ctx, { id: delivery._id });
    await house.jobs.settle();
    assert.equal(received(accident, "A"), null);
    const undelivered = await house.ctx.deliveries.listUndelivered(1_000);
    assert.ok(!undelivered.some(({ accidentId, kind }) => accidentId === accident.id && kind === "claim"));
  });
});

describe("a withdrawn consent to forward, afterwards", () => {
  it("leaves what the insurer has with that insurer, whose news still count", async () => {
    const accident = await house.conclude();
    await house.jobs.settle();
    const after = await withdraw(accident, "A");
    assert.equal(typesOf(after).at(-1), "consent-withdrawn");
    await house.jobs.settle();
    assert.equal(received(accident, "A")?.deliveries, 1);
    await house.insurers.sendStatus("PICC", `${accident.number}-A`, { status: "accepted" });
    assert.equal(viewedClaims(await reread(accident), "A")[0]?.status, "accepted");
  });

  it("shows a claim again that had arrived although its answer was lost", async () => {
    house.insurers.setMode("PICC", { kind: "ack-lost" }, 1);
    const accident = await house.conclude();
    await house.jobs.settle();
    const after = await withdraw(accident, "A");
    assert.equal(typesOf(after).at(-1), "claim-stopped");
    assert.equal(viewedClaims(after, "A").length, 0);
    await house.insurers.sendStatus("PICC", `${accident.number}-A`, { status: "accepted" });
    assert.equal(viewedClaims(await reread(accident), "A")[0]?.status, "accepted");
  });

  it("closes the links to that driver's photographs and to the paper, not those to the other's", async () => {
    const opened = await house.conclude();
    const { ctx } = house;
    const bytes = { A: Buffer.from("a picture by A"), B: Buffer.from("a picture by B") };
    const names = {
      A: await ctx.blobs.save(opened, bytes.A, "original"),
      B: await ctx.blobs.save(opened, bytes.B, "original"),
    };
    const pdf = await ctx.blobs.save(opened, Buffer.from("%PDF-1.7"), "agreement-pdf");
    const accident = await ctx.accidents.change(opened.id, (current) => ({
      accident: {
        ...current,
        photos: current.photos.map((photo, at) => {
          const by = at === 0 ? ("A" as const) : ("B" as const);
          return at < 2 && photo.state === "stored" ? { ...photo, by, sha256: names[by] } : photo;
        }),
        documents: current.documents && { ...current.documents, pdfSha256: pdf },
      },
      events: [],
    }));
    const status = async (sha256: string) => (await fetch(ctx.insurers.evidence.url(accident.id, sha256))).status;
    const all = async () => [await status(names.A), await status(names.B), await status(pdf)];
    assert.deepEqual(await all(), [200, 200, 200]);
    await withdraw(accident, "A");
    assert.deepEqual(await all(), [404, 200, 404]);
  });
});
