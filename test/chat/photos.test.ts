import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import sharp from "sharp";
import type { PhotoSlot } from "../../src/domain/photo.ts";
import { closeDatabase } from "../support/database.ts";
import { DETAILS } from "../support/drivers.ts";
import { SLOT_PHOTOS } from "../support/slot-photos.ts";
import { type ChatWorld, startChat } from "./chat-world.ts";

/** The plates on the drawn pictures. */
const MINE = "沪A62K18";
const HIS = "沪AD05271";

describe("photographs of the chat, with a reader of plates", () => {
  let chat: ChatWorld;
  before(async () => {
    chat = await startChat({ env: { PHOTO_READER: "true" } });
    // The models are loaded with the first picture; nobody waits for that longer than 1.5 s.
    await chat.app.ctx.photos.plates.read(SLOT_PHOTOS.scene);
  });
  after(async () => {
    await chat.app.stop();
    await closeDatabase();
  });

  async function send(openid: string, ...slots: (keyof typeof SLOT_PHOTOS)[]): Promise<void> {
    const { platform } = chat.app.simulator;
    await platform.sendAlbum(
      openid,
      "photos",
      slots.map((slot) => SLOT_PHOTOS[slot]),
    );
    await chat.app.settle();
  }
  const platesBySlot = async (openid: string) =>
    Object.fromEntries(
      (await chat.current(openid)).photos.map(({ slot, plates }) => [slot, plates?.best?.plate ?? null]),
    ) as Partial<Record<PhotoSlot, string | null>>;

  it("puts the plate that is known from last time into its place, whatever is sent first, and shows what was read", async () => {
    const { openid } = await chat.withAccident();
    await chat.app.ctx.people.remember((await chat.seen(openid)).id, { ...DETAILS.A, plate: MINE });
    await send(openid, "own-plate");
    assert.equal((await platesBySlot(openid))["own-plate"], MINE);
    await send(openid, "scene", "other-plate");
    assert.equal((await platesBySlot(openid))["other-plate"], HIS);
    const list = await chat.say(openid, "照片");
    assert.match(list, /① 两车全景 ✓/);
    assert.match(list, /② 我的车损 …/);
    assert.match(list, /④ 我的车牌 [✓！] 沪A·62K18/);
    assert.match(list, /⑤ 对方车牌 [✓！] 沪A·D05271/);
  });

  it("asks one short question about a plate that nobody knows; a number answers it, and the other one then needs none", async () => {
    const { openid } = await chat.withAccident();
    await send(openid, "other-plate");
    assert.match(chat.lastWords(openid), /不知道是谁的车.*\n?.*1 我的，2 对方的/);
    assert.match(await chat.say(openid, "照片"), /④ 我的车牌 ？[\s\S]*1 我的，2 对方的/);
    const told = await chat.say(openid, "２。");
    assert.match(told, /好的，放到“对方车牌”/);
    assert.match(told, /⑤ 对方车牌 [✓！] 沪A·D05271/);
    assert.doesNotMatch(told, /1 我的，2 对方的/);
    await send(openid, "own-plate");
    assert.match(await chat.say(openid, "7"), /④ 我的车牌 [✓！] 沪A·62K18/);
    assert.match(await chat.say(openid, "1"), /还差 3 张/);
  });

  it("takes the answer as a word, in English too", async () => {
    const { openid } = await chat.withAccident();
    await chat.say(openid, "English");
    await send(openid, "own-plate");
    assert.match(chat.lastWords(openid), /Reply 1 mine, 2 the other's/);
    assert.match(await chat.say(openid, "Mine"), /Fine, that is "My plate"[\s\S]*④ My plate [✓！] 沪A·62K18/);
    assert.match(await chat.say(openid, "mine"), /I did not quite get that/);
  });

  it("names a picture that shows nothing with what to do, in its line of the list, and asks for its place again", async () => {
    const { openid } = await chat.withAccident();
    const black = await sharp({ create: { width: 1200, height: 900, channels: 3, background: "#020202" } })
      .jpeg()
      .toBuffer();
    await chat.app.simulator.platform.sendImage(openid, black);
    await chat.app.settle();
    assert.match(chat.lastWords(openid), /“两车全景”这张没用上：太暗了。用闪光灯/);
    const list = await chat.say(openid, "照片");
    assert.match(list, /① 两车全景 ✗ 太暗了/);
    assert.match(list, /还差 5 张，下一张：两车全景/);
  });
});
