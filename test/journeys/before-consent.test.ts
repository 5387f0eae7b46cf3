import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import mongoose from "mongoose";
import { hidden, Phone } from "../h5/phone.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { collectionNames } from "../support/collection-names.ts";
import { closeDatabase } from "../support/database.ts";

const OPENID = "oCanaryBeforeTheTick00000001";
const SECOND = "oCanaryWhoOnlyLooksAtItAll02";
const WORDS = "CanaryWordsBeforeConsent";
const AGREED = { vehicles: "two", condition: "none", notice: "yes", sensitive: "yes" };

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

interface Found {
  /** collections in which the text stands, in the clear */
  named: string[];
  /** collections with a document of this person */
  byId: string[];
  /** of documents of this person */
  fields: string[];
}

/** Looks through every document of every collection. */
async function lookFor(openid: string): Promise<Found> {
  const connection = await mongoose.createConnection(app.databaseUri).asPromise();
  const id = app.ctx.vault.personId(openid);
  const found: Found = { named: [], byId: [], fields: [] };
  for (const name of await collectionNames(connection.db!)) {
    for await (const document of connection.collection(name).find({})) {
      const text = JSON.stringify(document);
      if ([openid, WORDS].some((canary) => text.includes(canary))) found.named.push(name);
      if (!text.includes(id)) continue;
      found.byId.push(name);
      found.fields.push(...Object.keys(document));
    }
  }
  await connection.close();
  return found;
}

describe("before the tick", () => {
  it("no collection has the openid or the language of who follows, writes, signs in and reads", async () => {
    const { platform } = app.simulator;
    for (const openid of [OPENID, SECOND]) {
      await platform.follow(openid);
      for (const words of ["English", WORDS, "人工", "进度"]) await platform.sendText(openid, words);
      await platform.sendLocation(openid, { latitude: 31.23, longitude: 121.47, label: WORDS });
      const phone = new Phone(app, openid);
      const page = await phone.open("/h5/start?lang=en");
      assert.match(page.html, /<html[^>]* lang="en/);
      await phone.post("/h5/language?to=%2Fh5%2Fstart", { _csrf: hidden(page.html, "_csrf"), language: "zh" });
      for (const path of ["/h5", "/h5/join", "/h5/privacy", "/h5/way-out"]) await phone.open(path);
      const refused = await phone.fill("/h5/start", { vehicles: "two", condition: "none", notice: "yes" });
      assert.equal(refused.status, 422);
      const ended = await phone.fill("/h5/start", { vehicles: "two", condition: "hurt" });
      assert.match(ended.location, /^\/h5\/ends\//);
    }
    await app.settle();
    for (const openid of [OPENID, SECOND]) {
      const { named, byId, fields } = await lookFor(openid);
      assert.deepEqual(named, []);
      assert.deepEqual([...new Set(byId)], ["guests"], "a hash, to answer while the platform allows it");
      assert.deepEqual(fields.sort(), ["_id", "expiresAt", "windows"]);
      assert.equal(await app.ctx.people.find(app.ctx.vault.personId(openid)), null);
    }
  });

  it("answers in the language of the words, and its links carry it", async () => {
    const { platform } = app.simulator;
    await platform.sendText(SECOND, "next");
    assert.match(String(platform.inbox(SECOND).at(-1)?.text), /\/h5\/start\?lang=en/);
    await platform.sendText(SECOND, "下一步");
    assert.doesNotMatch(String(platform.inbox(SECOND).at(-1)?.text), /lang=/);
  });

  it("answers late as well, within the platform's time", async () => {
    assert.ok((await app.ctx.quota.left(SECOND, app.clock.now())) > 0);
    await app.simulator.platform.unfollow(SECOND);
    assert.deepEqual((await lookFor(SECOND)).byId, [], "who leaves leaves nothing");
  });

  it("after it the person is there, sealed, with the language chosen and the messages allowed so far", async () => {
    const allowed = await app.ctx.quota.left(OPENID, app.clock.now());
    assert.ok(allowed > 0);
    const phone = new Phone(app, OPENID);
    phone.jar.set("lang", "en");
    const started = await phone.fill("/h5/start", AGREED);
    assert.equal(started.status, 303);
    const person = await app.ctx.people.find(app.ctx.vault.personId(OPENID));
    assert.deepEqual([person?.openid, person?.language, person?.isGuest], [OPENID, "en", undefined]);
    assert.equal(await app.ctx.quota.left(OPENID, app.clock.now()), allowed);
    const { named, byId } = await lookFor(OPENID);
    assert.deepEqual(named, []);
    assert.ok(byId.includes("people") && !byId.includes("guests"));
  });
});
