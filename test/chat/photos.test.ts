import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import sharp from "sharp";
import { addPhoto } from "../../src/actions/add-photo.ts";
import { confirmMoved } from "../../src/actions/confirm-moved.ts";
import { giveDetails } from "../../src/actions/give-details.ts";
import { giveStatement } from "../../src/actions/give-statement.ts";
import { recordPlace } from "../../src/actions/record-place.ts";
import { PHOTO_SLOTS, type PhotoSlot } from "../../src/domain/photo.ts";
import { closeDatabase } from "../support/database.ts";
import { DETAILS } from "../support/drivers.ts";
import { placeOf } from "../support/place-of.ts";
import { SLOT_PHOTOS } from "../support/slot-photos.ts";
import { storedPhotos } from "../support/stored-photos.ts";
import { type ChatWorld, startChat } from "./chat-world.ts";

/** The plates on the drawn pictures. */
const MINE = "沪A62K18";
const HIS = "沪AD05271";

describe("several photographs at once that show nothing", () => {
  let chat: ChatWorld;
  before(async () => {
    chat = await startChat();
  });
  after(() => chat.app.stop());

  const dark = (shade: number) =>
    sharp({ create: { width: 1200, height: 900, channels: 3, background: { r: shade, g: shade, b: shade } } })
      .jpeg()
      .toBuffer();
  const tiny = () => sharp(SLOT_PHOTOS.scene).resize(300).jpeg().toBuffer();
  /** Runs the jobs until nothing is left, within some seconds of the test's clock. */
  async function pass(seconds: number): Promise<void> {
    for (let second = 0; second <= seconds; second++) {
      await chat.app.settle();
      chat.app.clock.advance(1_000);
    }
  }
  const unasked = (openid: string) =>
    chat.app.simulator.platform
      .inbox(openid)
      .filter(({ via }) => via === "customer")
      .map(({ text }) => text ?? "");

  it("are told in one message that names each with what was wrong and ends with what to do", async () => {
    const { openid } = await chat.withAccident();
    const pictures = [await dark(2), await tiny(), await dark(4), SLOT_PHOTOS.scene];
    await chat.app.simulator.platform.sendAlbum(openid, "photos", pictures);
    await pass(3);
    const { photos } = await chat.current(openid);
    assert.deepEqual(photos.map(({ state }) => state).sort(), ["refused", "refused", "refused", "stored"]);
    const said = unasked(openid);
    assert.equal(said.length, 1, said.join("\n---\n"));
    for (const { slot, state } of photos) {
      const name = chat.app.ctx.render.words("zh")(`evidence.slot.${slot}`);
      assert.equal(said[0]?.includes(`“${name}”照片未通过检查`), state === "refused", name);
    }
    assert.equal(said[0]?.match(/光线太暗。请打开闪光灯/g)?.length, 2);
    assert.match(said[0] ?? "", /照片太小/);
    assert.equal(said[0]?.match(/<a /g)?.length, 1);
    await pass(15);
    assert.equal(unasked(openid).length, 1);
  });

  it("are told all the same when one that was sent with them does not come", async () => {
    const { openid } = await chat.withAccident();
    const { platform } = chat.app.simulator;
    platform.answerStatus({ path: "/cgi-bin/media/get", status: 503 });
    await platform.sendImage(openid, SLOT_PHOTOS.scene);
    await chat.app.settle();
    await platform.sendImage(openid, await dark(2));
    await chat.app.settle();
    assert.equal((await chat.current(openid)).photos.at(-1)?.state, "refused");
    platform.answerStatus({ path: "/cgi-bin/media/get", status: 503, times: 9 });
    await pass(8);
    assert.deepEqual(unasked(openid), [], "it waits for the other one");
    await pass(4);
    assert.equal((await chat.current(openid)).photos[0]?.state, "announced");
    assert.match(unasked(openid).join("\n"), /^“我车受损处”照片未通过检查：光线太暗/);
    platform.clearFaults();
  });
});

describe("a photograph that would help", () => {
  let chat: ChatWorld;
  before(async () => {
    chat = await startChat();
  });
  after(() => chat.app.stop());

  it("is asked for in the chat until it is sent there; what comes after it is a further one", async () => {
    const { openid, accident } = await chat.withAccident();
    const { ctx } = chat.app;
    for (const slot of PHOTO_SLOTS)
      await addPhoto(ctx, { accidentId: accident.id, letter: "A", slot, bytes: SLOT_PHOTOS[slot], source: "form" });
    await confirmMoved(ctx, { accidentId: accident.id, letter: "A" });
    await recordPlace(ctx, { accidentId: accident.id, letter: "A", ...placeOf(ctx), address: "人民大道" });
    await giveDetails(ctx, { accidentId: accident.id, letter: "A", details: DETAILS.A });
    const statement = { ownAct: "QS-07", otherAct: "none", impact: "front" as const, note: "" };
    await giveStatement(ctx, { accidentId: accident.id, letter: "A", statement });
    assert.match(await chat.say(openid, "1"), /建议补发一张红绿灯照片/);
    const { platform } = chat.app.simulator;
    for (const slot of ["scene", "own-damage"] as const) {
      await platform.sendImage(openid, await sharp(SLOT_PHOTOS[slot]).flop().jpeg().toBuffer());
      await chat.app.settle();
    }
    assert.doesNotMatch(await chat.say(openid, "1"), /红绿灯/);
    const { photos } = await chat.current(openid);
    assert.deepEqual(
      photos.slice(5).map(({ slot, state }) => [slot, state]),
      [
        ["traffic-light", "stored"],
        ["extra", "stored"],
      ],
    );
  });
});

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
      storedPhotos(await chat.current(openid)).map(({ slot, plates }) => [slot, plates?.best?.plate ?? null]),
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
    assert.match(list, /② 我车受损处 …/);
    assert.match(list, /④ 我的车牌 [✓！] 沪A·62K18/);
    assert.match(list, /⑤ 对方车牌 [✓！] 沪A·D05271/);
  });

  it("asks one short question about a plate that nobody knows; a number answers it, and the other one then needs none", async () => {
    const { openid } = await chat.withAccident();
    await send(openid, "other-plate");
    assert.match(chat.lastWords(openid), /请确认是谁的车.*\n?.*1 我的，2 对方的/);
    assert.match(await chat.say(openid, "照片"), /④ 我的车牌 ？[\s\S]*1 我的，2 对方的/);
    const told = await chat.say(openid, "２。");
    assert.match(told, /好的，已归入“对方车牌”/);
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
    assert.match(chat.lastWords(openid), /Reply 1 mine, 2 the other driver's/);
    assert.match(await chat.say(openid, "Mine"), /OK, filed under "My plate"[\s\S]*④ My plate [✓！] 沪A·62K18/);
    assert.match(await chat.say(openid, "mine"), /we did not understand that/);
  });

  it("names a picture that shows nothing with what to do, in its line of the list, and asks for its place again", async () => {
    const { openid } = await chat.withAccident();
    const black = await sharp({ create: { width: 1200, height: 900, channels: 3, background: "#020202" } })
      .jpeg()
      .toBuffer();
    await chat.app.simulator.platform.sendImage(openid, black);
    await chat.app.settle();
    assert.match(chat.lastWords(openid), /“两车全景”照片未通过检查：光线太暗。请打开闪光灯/);
    const list = await chat.say(openid, "照片");
    assert.match(list, /① 两车全景 ✗ 光线太暗/);
    assert.match(list, /还差 5 张，下一张：两车全景/);
  });
});
