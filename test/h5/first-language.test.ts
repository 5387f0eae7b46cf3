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

describe("a phone that asks for English", () => {
  it("is answered in English from its first page, also in the chat", async () => {
    const phone = new Phone(app, "oEnglish0000000000000000000a");
    assert.equal(heading((await open(phone, "/h5/start")).html), "Safety first");
    assert.equal((await app.ctx.people.see("oEnglish0000000000000000000a")).language, "en");
  });

  it("is answered in Chinese once its driver has chosen that", async () => {
    const phone = new Phone(app, "oEnglish0000000000000000000b");
    const first = await open(phone, "/h5/start");
    await phone.post("/h5/language?to=/h5/start", { _csrf: hidden(first.html, "_csrf"), language: "zh" });
    assert.equal(heading((await open(phone, "/h5/start")).html), "先确认安全");
    const again = new Phone(app, "oEnglish0000000000000000000b");
    assert.equal(heading((await open(again, "/h5/start")).html), "先确认安全");
  });
});
