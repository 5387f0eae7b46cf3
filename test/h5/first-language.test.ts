import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { heading, hidden, Phone } from "./phone.ts";

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const ENGLISH = { "accept-language": "en-GB,en;q=0.9,zh;q=0.8" };

/** Opens a page, and signs in on the way, as a phone that asks for English. */
async function open(phone: Phone, path: string) {
  let answer = await phone.get(path, ENGLISH);
  while (answer.location) answer = await phone.get(answer.location, ENGLISH);
  return answer;
}

/** Agrees and begins, on the page that the phone got. */
async function begin(phone: Phone) {
  const token = hidden((await open(phone, "/h5/start")).html, "_csrf");
  const ticked = { vehicles: "two", condition: "none", notice: "yes", sensitive: "yes" };
  await phone.post("/h5/start", { _csrf: token, ...ticked }, ENGLISH);
}

const languageOf = async (openid: string) => (await app.ctx.people.see(openid)).language;

describe("a phone that asks for English", () => {
  it("is answered in English from its first page, and once its driver has agreed, in the chat", async () => {
    const openid = "oEnglish0000000000000000000a";
    const phone = new Phone(app, openid);
    assert.equal(heading((await open(phone, "/h5/start")).html), "Safety first");
    await begin(phone);
    assert.equal(await languageOf(openid), "en");
  });

  it("is answered in Chinese once its driver has chosen that, on every phone after the driver has agreed", async () => {
    const openid = "oEnglish0000000000000000000b";
    const phone = new Phone(app, openid);
    const first = await open(phone, "/h5/start");
    await phone.post("/h5/language?to=/h5/start", { _csrf: hidden(first.html, "_csrf"), language: "zh" });
    assert.equal(heading((await open(phone, "/h5/start")).html), "先确认安全");
    await begin(phone);
    assert.match((await open(new Phone(app, openid), "/h5")).html, /<html lang="zh-CN">/);
    assert.equal(await languageOf(openid), "zh");
  });
});
