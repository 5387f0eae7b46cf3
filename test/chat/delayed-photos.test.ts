import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { addPhoto } from "../../src/actions/add-photo.ts";
import { chooseLanguage } from "../../src/actions/choose-language.ts";
import { confirmMoved } from "../../src/actions/confirm-moved.ts";
import { endAccident } from "../../src/actions/end-accident.ts";
import { photosAreSafe } from "../../src/domain/journey.ts";
import { PHOTO_SLOTS } from "../../src/domain/photo.ts";
import { closeDatabase } from "../support/database.ts";
import { SLOT_PHOTOS } from "../support/slot-photos.ts";
import { refusalOf } from "../support/stored-photos.ts";
import { type ChatWorld, startChat } from "./chat-world.ts";

/** A text with its links as the words that are tapped. */
const readable = (text: string): string => text.replaceAll(/<a href="[^"]*">|<\/a>/g, "");

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const GET = "/cgi-bin/media/get";
const TOKEN = "/cgi-bin/stable_token";

describe("photographs of the chat that the platform does not hand out", () => {
  let chat: ChatWorld;
  before(async () => {
    chat = await startChat();
  });
  after(async () => {
    await chat.app.stop();
    await closeDatabase();
  });

  const platform = () => chat.app.simulator.platform;
  /** A driver at the kerb on another day than the one before, with nothing wrong. */
  async function driver(language: "zh" | "en" = "zh") {
    platform().clearFaults();
    await chat.app.settle();
    chat.app.clock.advance(4 * 24 * HOUR_MS);
    const { openid, accident } = await chat.withAccident();
    await chooseLanguage(chat.app.ctx, { person: await chat.seen(openid), language });
    const url = `/h5/accidents/${accident.id}`;
    return { openid, accident, url };
  }
  const texts = (openid: string) =>
    platform()
      .inbox(openid)
      .map(({ text }) => text ?? "");
  const send = (openid: string, ...slots: (keyof typeof SLOT_PHOTOS)[]) =>
    platform().sendAlbum(
      openid,
      "photos",
      slots.map((slot) => SLOT_PHOTOS[slot]),
    );
  const states = async (openid: string) => (await chat.current(openid)).photos.map(({ state }) => state);
  const delays = async (openid: string) =>
    (await chat.current(openid)).events.filter(({ type }) => type === "photo-delayed").map(({ data }) => data.code);
  async function pass(ms: number): Promise<void> {
    chat.app.clock.advance(ms);
    await chat.app.settle();
  }
  const untilTomorrow = () => {
    const inBeijing = (chat.app.clock.now().getTime() + 8 * HOUR_MS) % (24 * HOUR_MS);
    return 24 * HOUR_MS - inBeijing;
  };
  const health = () => chat.app.ctx.health.values();

  for (const [language, sentence] of [
    ["zh", /微信暂时无法提供。请直接在网页中拍摄/],
    ["en", /WeChat cannot hand them over right now. Please take them on the page/],
  ] as const) {
    it(`for the limit of a day: the driver hears once, at once, that the page is the way, and they come when it is over (${language})`, async () => {
      const { openid, url } = await driver(language);
      platform().fail({ path: GET, errcode: 45009, times: 1_000 });
      await send(openid, ...PHOTO_SLOTS);
      const answered = texts(openid).length;
      await chat.app.settle();
      const [told = "", ...more] = texts(openid).slice(answered);
      assert.match(readable(told), sentence);
      assert.ok(told.includes(url), told);
      assert.deepEqual(more, []);
      assert.deepEqual(await states(openid), Array(5).fill("delayed"));
      assert.deepEqual(await delays(openid), Array(5).fill("wechat-day-quota"));
      assert.equal((await health())["delayedPhotos"], 5);
      assert.match(chat.app.logged(), /"code":"wechat-day-quota","msg":"photo.delayed"/);

      await pass(untilTomorrow() - 1);
      assert.deepEqual(await states(openid), Array(5).fill("delayed"));
      platform().clearFaults();
      await pass(11 * MINUTE_MS);
      const accident = await chat.current(openid);
      assert.ok(photosAreSafe(accident), "each in its own place");
      assert.deepEqual(
        accident.photos.map(({ slot }) => slot),
        [...PHOTO_SLOTS],
      );
      assert.equal((await health())["delayedPhotos"], 0);
    });
  }

  it("are asked for again in the chat and on the page, and kept beside what was taken there", async () => {
    const { openid, accident } = await driver();
    const { ctx } = chat.app;
    platform().fail({ path: GET, errcode: 48001, times: 1_000 });
    await send(openid, "scene", "own-damage");
    await chat.app.settle();
    assert.match(await chat.say(openid, "1"), /还差 5 张，下一张：两车全景/);
    for (const slot of PHOTO_SLOTS)
      await addPhoto(ctx, { accidentId: accident.id, letter: "A", slot, bytes: SLOT_PHOTOS[slot], source: "form" });
    await confirmMoved(ctx, { accidentId: accident.id, letter: "A" });
    const before = texts(openid).length;
    platform().clearFaults();
    await pass(16 * MINUTE_MS);
    const { photos } = await chat.current(openid);
    const sent = photos.filter(({ source }) => source === "chat").map(({ slot, state }) => [slot, state]);
    assert.deepEqual(sent, [
      ["extra", "stored"],
      ["extra", "stored"],
    ]);
    assert.deepEqual(texts(openid).slice(before), [], "what comes late disturbs nobody");
  });

  it("of a refused account: the second one hears it in the very answer, and they come when the account is mended", async () => {
    const first = await driver();
    platform().expireTokens();
    platform().fail({ path: TOKEN, errcode: 40164, times: 1_000 });
    await send(first.openid, "scene");
    await chat.app.settle();
    assert.deepEqual(await states(first.openid), ["delayed"]);
    // Such an account sends no message; an answer to the driver's own message works.
    assert.match(await chat.say(first.openid, "?"), new RegExp(`微信暂时无法提供[^]*${first.url}`));

    const { openid, accident } = await chat.withAccident();
    await send(openid, "scene");
    const answer = chat.lastWords(openid);
    assert.match(readable(answer), /已收到，但微信暂时无法提供照片。请直接在网页中拍摄/);
    assert.ok(answer.includes(`/h5/accidents/${accident.id}"`), answer);
    const count = texts(openid).length;
    await chat.app.settle();
    assert.equal(texts(openid).length, count, "said already");
    assert.deepEqual([await states(openid), await delays(openid)], [["delayed"], ["wechat-ip-not-listed"]]);

    for (let hours = 0; hours < 20; hours++) await pass(HOUR_MS);
    assert.deepEqual(await states(openid), ["delayed"], "however often");
    platform().clearFaults();
    await pass(16 * MINUTE_MS);
    assert.deepEqual([await states(first.openid), await states(openid)], [["stored"], ["stored"]]);
    assert.equal(await chat.app.ctx.wechat.mediaRefusal(), null);
    const third = await chat.withAccident();
    await send(third.openid, "scene");
    assert.match(chat.lastWords(third.openid), /^已收到。/);
  });

  it("for a page in their stead: tried again at once, and from the third time on the driver hears it", async () => {
    const { openid } = await driver();
    platform().answerPage({ path: GET });
    await send(openid, "scene");
    await chat.app.settle();
    assert.deepEqual(await states(openid), ["announced"]);
    await pass(8_000);
    assert.deepEqual(await states(openid), ["stored"], "the page was a fault of the moment");

    for (let time = 0; time < 3; time++) platform().answerPage({ path: GET });
    await send(openid, "own-damage");
    const count = texts(openid).length;
    await chat.app.settle();
    await pass(8_000);
    assert.equal(texts(openid).length, count);
    await pass(40_000);
    assert.match(texts(openid).at(-1) ?? "", /请直接在网页中拍摄/);
    assert.deepEqual(await states(openid), ["stored", "delayed"]);
    await pass(16 * MINUTE_MS);
    assert.deepEqual(await states(openid), ["stored", "stored"]);
  });

  it("until the platform has them no more: the driver hears the truth where the picture is still wanted", async () => {
    const { openid } = await driver();
    platform().fail({ path: GET, errcode: 48001, times: 1_000 });
    await send(openid, "scene");
    await chat.app.settle();
    platform().expireMedia();
    platform().clearFaults();
    await pass(16 * MINUTE_MS);
    const { photos } = await chat.current(openid);
    assert.deepEqual([photos[0]?.state, refusalOf(photos[0])], ["refused", "media-lost"]);
    assert.match(texts(openid).at(-1) ?? "", /微信始终未能提供此照片，现已失效/);
  });

  it("for three days at most; of a case that is over by then the record is told, and nobody else", async () => {
    const { openid, accident } = await driver();
    platform().fail({ path: GET, errcode: 48001, times: 1_000 });
    await send(openid, "scene");
    await chat.app.settle();
    await endAccident(chat.app.ctx, { accidentId: accident.id, letter: "A", code: "withdrawn" });
    await chat.app.settle();
    const count = texts(openid).length;
    await pass(3 * 24 * HOUR_MS - MINUTE_MS);
    assert.deepEqual(await states(openid), ["delayed"]);
    await pass(2 * MINUTE_MS);
    const { events } = await chat.app.ctx.accidents.get(accident.id);
    const refused = events.filter(({ type }) => type === "photo-refused");
    assert.deepEqual(
      refused.map(({ data }) => data.refusal),
      ["media-lost"],
    );
    assert.equal(texts(openid).length, count);
    assert.equal((await health())["delayedPhotos"], 0);
  });
});
