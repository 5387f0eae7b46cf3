import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { after, before, describe, it } from "node:test";
import sharp from "sharp";
import { signAgreement } from "../../src/actions/sign-agreement.ts";
import { contentDigest } from "../../src/domain/agreement.ts";
import { BRAKES, PACES } from "../../src/domain/brakes.ts";
import { MAX_SIGNATURE_BYTES } from "../../src/h5/signature-field.ts";
import { LOOK_MS } from "../../src/http/body-pace.ts";
import { UPLOAD_LIMITS } from "../../src/http/upload.ts";
import { PERSON_HELD_BYTES } from "../../src/http/upload-share.ts";
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

/**
 * Attacks without a pause, one request after the other in `lanes` at once, until it is told to end: whatever
 * they are answered, others follow.
 */
class Attack {
  answers = 0;
  #isOver = false;
  #told: (() => void)[] = [];
  readonly #lanes: Promise<void>[];

  constructor(lanes: number, act: (n: number) => Promise<unknown>) {
    let n = 0;
    this.#lanes = Array.from({ length: lanes }, async () => {
      while (!this.#isOver) {
        await act(n++);
        this.answers++;
        for (const tell of this.#told.splice(0)) tell();
      }
    });
  }

  /** Resolves with the next answer to the attacker. */
  next(): Promise<void> {
    return new Promise((resolve) => void this.#told.push(resolve));
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#lanes);
  }
}

/**
 * A picture of a driver who has done nothing is taken at the first try while the attack goes on: the attacker
 * was answered before it came, and goes on being answered after it.
 */
async function pictureIsTakenDuring(attack: Attack, driver: UploadPhone): Promise<void> {
  await attack.next();
  const before = attack.answers;
  assert.equal((await driver.whole(SLOT_PHOTOS.scene, "scene")).status, 200);
  await attack.next();
  assert.ok(attack.answers > before);
}

/** … or while requests of the attacker hang. */
async function pictureIsTaken(driver: UploadPhone): Promise<void> {
  assert.equal((await driver.whole(SLOT_PHOTOS.scene, "scene")).status, 200);
}

describe("somebody who means harm, while another driver photographs", () => {
  it("and posts signatures without end reaches the picture processes a few times and no more", async () => {
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
    const codes: Record<string, number> = {};
    const attack = new Attack(20, () =>
      signAgreement(app.ctx, input).then(
        () => assert.fail("a blank signature was taken"),
        ({ code }) => {
          codes[code] = (codes[code] ?? 0) + 1;
        },
      ),
    );
    await pictureIsTakenDuring(attack, other);
    while (!codes["too-many-requests"]) await attack.next();
    await pictureIsTakenDuring(attack, await newDriver());
    await attack.end();
    const { "too-many-requests": refused = 0, ...reached } = codes;
    assert.equal(
      Object.values(reached).reduce((sum, one) => sum + one, 0),
      BRAKES.signatures.limit,
    );
    assert.ok(refused > 0);
  });

  it("and holds all the room for uploads with two accounts leaves room, and is cut", async () => {
    const other = await newDriver();
    const greedy = [await newDriver(), await newDriver()];
    const large = UPLOAD_LIMITS.fileBytes;
    const hanging = greedy.flatMap((phone) =>
      Array.from({ length: 8 }, () => phone.hang("?slot=extra&bytes=1", large)),
    );
    await Promise.all(hanging.slice(0, 2).map(({ begun }) => begun));
    await pictureIsTaken(other);
    await app.clock.limitOf(LOOK_MS);
    let status = 0;
    while (status !== 200) {
      app.clock.advance(LOOK_MS);
      ({ status } = await greedy[0]!.whole(SLOT_PHOTOS["own-plate"], "own-plate"));
    }
    for (const { end } of hanging) end();
  });

  it("and begins forms of signatures without end holds a bounded part of the memory", async () => {
    const other = await newDriver();
    const { B } = await readyPair(app);
    const headers = {
      cookie: `${B.cookie.name}=${B.cookie.value}`,
      accept: "text/html",
      "content-type": "application/x-www-form-urlencoded",
      "content-length": MAX_SIGNATURE_BYTES,
    };
    const refused: number[] = [];
    const begun = Array.from({ length: Math.ceil(PERSON_HELD_BYTES / MAX_SIGNATURE_BYTES) }, () => {
      const sent = request(B.urlOf("sign"), { method: "POST", agent: false, headers });
      sent.on("error", () => undefined);
      sent.write("a");
      return { sent, answered: once(sent, "response").then(([{ statusCode }]) => refused.push(statusCode)) };
    });
    await Promise.race(begun.map(({ answered }) => answered));
    assert.deepEqual(refused, [503]);
    await pictureIsTaken(other);
    for (const { sent, answered } of begun) {
      answered.catch(() => undefined);
      sent.destroy();
    }
  });

  it("and changes a statement again and again stops nobody but the one who does it", async () => {
    const { id, A, B } = await readyPair(app);
    const other = await newDriver();
    const impacts = ["front", "rear"];
    const statuses: number[] = [];
    const attack = new Attack(1, async (n) => {
      statuses.push((await B.post("statement", { ...ACTS.B, impact: impacts[n % 2]!, note: "" })).status);
    });
    await pictureIsTakenDuring(attack, other);
    while (!statuses.includes(429)) await attack.next();
    await pictureIsTakenDuring(attack, await newDriver());
    await attack.end();
    const changes = (await app.ctx.accidents.get(id)).events.filter(
      ({ by, type }) => by === "B" && ["details-given", "statement-given"].includes(type),
    );
    assert.equal(changes.length, 30);
    assert.equal((await A.post("statement", { ...ACTS.A, impact: "rear", note: "" })).status, 303);
  });

  it("and sends pictures without end is held over all processes, and takes nobody's place", async () => {
    const greedy = await newDriver();
    const statuses: number[] = [];
    const attack = new Attack(4, async () => {
      statuses.push((await greedy.whole(Buffer.alloc(400, "x"), "scene")).status);
    });
    await pictureIsTakenDuring(attack, await newDriver());
    while (!statuses.includes(429)) await attack.next();
    await pictureIsTakenDuring(attack, await newDriver());
    await attack.end();
    assert.equal(statuses.filter((status) => status !== 429).length, PACES.pictures.each.limit);
  });

  it("never is a driver whose phone did not hear the answer and sends the same picture again and again", async () => {
    const driver = await newDriver();
    for (let n = 0; n < PACES.pictures.each.limit + 5; n++)
      assert.equal((await driver.whole(SLOT_PHOTOS.scene, "scene")).status, 200);
    assert.equal((await driver.whole(SLOT_PHOTOS["own-plate"], "own-plate")).status, 200);
  });

  it("and writes walls of signs in the chat holds up nothing", async () => {
    const { platform } = app.simulator;
    const other = await newDriver();
    platform.people.add("o_wall");
    await platform.follow("o_wall");
    const signs = ["!", "。", "?", "~ ", "没"];
    const attack = new Attack(2, (n) => platform.sendText("o_wall", `${signs[n % signs.length]!.repeat(12_000)}a`));
    await pictureIsTakenDuring(attack, other);
    await attack.end();
    assert.equal(platform.pushes.filter(({ openid }) => openid === "o_wall").length > 0, true);
  });
});
