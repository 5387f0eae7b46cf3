import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { announcePhoto } from "../../src/actions/announce-photo.ts";
import { openAccident } from "../../src/actions/open-accident.ts";
import type { Accident } from "../../src/domain/accident.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { STEPS, type Step } from "../../src/domain/journey.ts";
import { PHOTO_SLOTS } from "../../src/domain/photo.ts";
import { PARTY_FILES, PARTY_PAGES } from "../../src/h5/router.ts";
import { putAt, STAGES } from "../journeys/stages.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { SLOT_PHOTOS } from "../support/slot-photos.ts";
import { openPair, readyPair } from "./settle-driver.ts";

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

/** The same case before anybody was invited. */
const alone = (ready: Accident): Accident => ({
  ...ready,
  invitation: null,
  parties: { A: { ...ready.parties.A, details: null, statement: null }, B: null },
});
const shows = (html: string) => /kc-digits">\d{3} \d{3}</.test(html);

describe("looking at a page", () => {
  it("changes nothing, whatever the page and wherever the driver stands", async () => {
    const { id, A } = await readyPair(app);
    const ready = await app.ctx.accidents.get(id);
    const paths = [...STEPS, ...[...PARTY_PAGES, ...PARTY_FILES].map(({ path }) => path)];
    const codes = app.simulator.platform.qrs().length;
    for (const stage of Object.keys(STAGES) as Step[]) {
      for (const base of [ready, alone(ready)]) {
        const version = await putAt(app.ctx, base, stage).catch(() => null);
        if (version === null) continue;
        for (const path of paths) await A.get(path);
        assert.equal((await app.ctx.accidents.get(id)).version, version, stage);
      }
    }
    assert.equal(app.simulator.platform.qrs().length, codes, "and the platform is asked for no code");
  });
});

describe("the code for the other driver", () => {
  it("is there when the driver who took the pictures in the chat first looks", async () => {
    const openid = `o_${app.ctx.randomId()}`;
    const person = await app.ctx.people.see(openid);
    const answer = { vehicles: "two" as const, conditions: [] };
    const { id } = await openAccident(app.ctx, { person, textVersion: NOTICE_VERSION, answer });
    for (const slot of PHOTO_SLOTS) {
      assert.equal((await app.ctx.accidents.get(id)).invitation, null);
      const { id: mediaId } = app.simulator.platform.putMedia(SLOT_PHOTOS[slot], "image/jpeg");
      await announcePhoto(app.ctx, { accidentId: id, letter: "A", mediaId });
      await app.settle();
    }
    assert.ok((await app.ctx.accidents.get(id)).invitation);
  });

  it("where none could be made, has a button, and is made by the next form too", async () => {
    for (const form of ["invitation", "move"]) {
      const { id, A } = await openPair(app);
      await putAt(app.ctx, alone(await app.ctx.accidents.get(id)), "move");
      const page = await A.get("move");
      assert.ok(!shows(page.html) && page.html.includes(`action="/h5/accidents/${id}/invitation"`));
      const { location } = await A.post(form, {});
      assert.equal(location, form === "move" ? "details" : "move");
      assert.ok(shows((await A.get(form === "move" ? "invite" : "move")).html));
    }
  });
});
