import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";
import sharp from "sharp";
import { signAgreement } from "../../src/actions/sign-agreement.ts";
import { contentDigest } from "../../src/domain/agreement.ts";
import { BRAKES } from "../../src/domain/brakes.ts";
import { LOOK_MS } from "../../src/http/body-pace.ts";
import { UPLOAD_LIMITS } from "../../src/http/upload.ts";
import { ACTS, readyPair } from "../h5/settle-driver.ts";
import { UploadPhone } from "../h5/upload-phone.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { SLOT_PHOTOS } from "../support/slot-photos.ts";

let app: TestApp;
let people = 0;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const newDriver = () => UploadPhone.open(app, `o_attacked_${++people}`);

/** A picture of a driver who has done nothing: it is taken at the first try, whatever others do. */
async function pictureIsTaken(t: TestContext, driver: UploadPhone): Promise<void> {
  const started = performance.now();
  const { status } = await driver.whole(SLOT_PHOTOS.scene, "scene");
  t.diagnostic(`the other driver's picture was taken in ${Math.round(performance.now() - started)} ms`);
  assert.equal(status, 200);
}

const codesOf = (results: PromiseSettledResult<unknown>[]): Record<string, number> => {
  const codes: Record<string, number> = {};
  for (const result of results) {
    const code = result.status === "rejected" ? String(result.reason.code) : "taken";
    codes[code] = (codes[code] ?? 0) + 1;
  }
  return codes;
};

describe("somebody who means harm, while another driver photographs", () => {
  it("and posts signatures without end reaches the picture processes a few times and no more", async (t) => {
    const other = await newDriver();
    const { id } = await readyPair(app);
    const accident = await app.ctx.accidents.get(id);
    const blank = await sharp({ create: { width: 1200, height: 600, channels: 4, background: "#0000" } })
      .png()
      .toBuffer();
    const input = {
      accidentId: id,
      letter: "B" as const,
      contentDigest: contentDigest(app.ctx, accident),
      signature: `data:image/png;base64,${blank.toString("base64")}`,
      forwarding: false,
    };
    const attack = Promise.allSettled(Array.from({ length: 60 }, () => signAgreement(app.ctx, input)));
    await pictureIsTaken(t, other);
    const { "too-many-requests": refused, ...rest } = codesOf(await attack);
    assert.equal(refused, 60 - BRAKES.signatures.limit);
    assert.equal(rest["taken"], undefined);
  });

  it("and holds all the room for uploads with two accounts leaves room, and is cut", async (t) => {
    const other = await newDriver();
    const greedy = [await newDriver(), await newDriver()];
    const large = UPLOAD_LIMITS.fileBytes;
    const hanging = greedy.flatMap((phone) =>
      Array.from({ length: 8 }, () => phone.hang("?slot=extra&bytes=1", large)),
    );
    await Promise.all(hanging.slice(0, 2).map(({ begun }) => begun));
    await pictureIsTaken(t, other);
    await app.clock.limitOf(LOOK_MS);
    let status = 0;
    while (status !== 200) {
      app.clock.advance(LOOK_MS);
      ({ status } = await greedy[0]!.whole(SLOT_PHOTOS["own-plate"], "own-plate"));
    }
    for (const { end } of hanging) end();
  });

  it("and changes a statement again and again stops nobody but the one who does it", async (t) => {
    const { id, A, B } = await readyPair(app);
    const other = await newDriver();
    const impacts = ["front", "rear"];
    const attack = (async () => {
      const statuses: number[] = [];
      for (let n = 0; n < 34; n++)
        statuses.push((await B.post("statement", { ...ACTS.B, impact: impacts[n % 2]!, note: "" })).status);
      return statuses;
    })();
    await pictureIsTaken(t, other);
    const statuses = await attack;
    assert.ok(statuses.includes(429));
    const changes = (await app.ctx.accidents.get(id)).events.filter(
      ({ by, type }) => by === "B" && ["details-given", "statement-given"].includes(type),
    );
    assert.equal(changes.length, 30);
    assert.equal((await A.post("statement", { ...ACTS.A, impact: "rear", note: "" })).status, 303);
  });

  it("and writes walls of signs in the chat holds up nothing", async (t) => {
    const { platform } = app.simulator;
    const other = await newDriver();
    platform.people.add("o_wall");
    await platform.follow("o_wall");
    const walls = ["!", "。", "?", "~ ", "没"].map((sign) => platform.sendText("o_wall", `${sign.repeat(12_000)}a`));
    await pictureIsTaken(t, other);
    await Promise.all(walls);
    assert.equal(platform.pushes.filter(({ openid }) => openid === "o_wall").length > 0, true);
  });
});
