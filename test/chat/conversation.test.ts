import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { closeDatabase } from "../support/database.ts";
import { type ChatWorld, photographs, startChat } from "./chat-world.ts";
import { nextMsgId } from "./platform-push.ts";

describe("the chat", () => {
  let chat: ChatWorld;

  before(async () => {
    chat = await startChat();
  });
  after(async () => {
    await chat.app.stop();
    await closeDatabase();
  });

  it("welcomes who follows, with the link that opens a case", async () => {
    const openid = await chat.follower();
    assert.match(chat.lastWords(openid), /快处/);
    assert.ok(chat.lastWords(openid).includes(`${chat.app.url}/h5/start`));
  });

  it("welcomes back who has a case in hand", async () => {
    const { openid, accident } = await chat.withAccident();
    // nobody follows twice in one second; two such events would be one
    chat.app.clock.advance(1_000);
    await chat.app.simulator.platform.unfollow(openid);
    await chat.app.simulator.platform.follow(openid);
    assert.ok(chat.lastWords(openid).includes(`/h5/accidents/${accident.id}`));
  });

  for (const [word, expected] of [
    ["帮助", /可办理以下事项/],
    // of a guest no language is stored: it is that of the words
    ["HELP", /You can:/],
    ["“进度”", /没有正在处理的事故/],
    ["进度？", /没有正在处理的事故/],
    ["？", /可办理以下事项/],
    ["２", /没有正在处理的事故/],
    ["人工", /12345/],
    ["3", /12345/],
    ["撤回", /没有可撤回/],
    ["处理事故。", /h5\/start/],
    ["有人受伤！", /120 急救[\s\S]*122 或 110[\s\S]*不要挪车[\s\S]*h5\/way-out/],
    ["120", /120 急救/],
    ["车着火了", /119[\s\S]*120[\s\S]*122/],
    ["救命啊", /110 或 122[\s\S]*120[\s\S]*119/],
    ["我要报警", /122 或 110[\s\S]*120[\s\S]*119/],
    ["Someone is injured", /Call 120 \(ambulance\) now/],
    ["help me!", /Call 110 or 122/],
    ["没人受伤", /未能识别您的消息/],
    ["今天天气不错", /未能识别您的消息[\s\S]*打开上方的邀请链接[\s\S]*h5\/start/],
  ] as const) {
    it(`answers ${word} from somebody without a case`, async () => {
      assert.match(await chat.say(await chat.follower(), word), expected);
    });
  }

  it("leads on who has a case, whatever he writes", async () => {
    const { openid, accident } = await chat.withAccident();
    for (const words of ["1", "进度", "blah", "帮助", "7"]) {
      assert.ok((await chat.say(openid, words)).includes(accident.id), words);
    }
    assert.match(await chat.say(openid, "进度"), new RegExp(accident.number));
  });

  it("speaks each driver's language from the word on, in the case too", async () => {
    const { openid } = await chat.withAccident();
    assert.match(await chat.say(openid, "English"), /Switched to English/);
    assert.match(await chat.say(openid, "help"), /You can:/);
    assert.equal((await chat.current(openid)).parties.A.language, "en");
    assert.match(await chat.say(openid, "5"), /已切换为中文/);
    assert.match(await chat.say(openid, "中文"), /已切换为中文/);
  });

  it("does what a menu key says, and leads on at a key that it does not know", async () => {
    const openid = await chat.follower();
    await chat.app.simulator.platform.click(openid, "help");
    assert.match(chat.lastWords(openid), /可办理以下事项/);
    for (const key of ["constructor", "nothing"]) {
      await chat.app.simulator.platform.click(openid, key);
      assert.match(chat.lastWords(openid), /未能识别您的消息/);
    }
  });

  it("answers every kind of message that a person can send", async () => {
    const { openid, accident } = await chat.withAccident();
    const media = { MediaId: "media-1", ThumbMediaId: "thumb-1", Format: "amr" };
    const kinds: Record<string, string | number>[] = [
      { MsgType: "voice", ...media },
      { MsgType: "video", ...media },
      { MsgType: "shortvideo", ...media },
      { MsgType: "link", Title: "t", Description: "d", Url: "https://example.com" },
      { MsgType: "something-new" },
    ];
    for (const fields of kinds) {
      const answer = await chat.send(openid, { ...fields, MsgId: nextMsgId() });
      assert.ok(answer?.includes(accident.id), String(fields.MsgType));
    }
  });

  it("takes what the platform heard in a voice message for what he wrote", async () => {
    const openid = await chat.follower();
    const heard = { MsgType: "voice", MediaId: "m", Format: "amr", Recognition: "人工。", MsgId: "77" };
    assert.match((await chat.send(openid, heard)) ?? "", /12345/);
  });

  it("says nothing to what is followed by messages of its own", async () => {
    const openid = await chat.follower();
    const events: Record<string, string | number>[] = [
      { Event: "VIEW", EventKey: "https://example.com/h5" },
      { Event: "LOCATION", Latitude: 31.2, Longitude: 121.4, Precision: 40 },
      { Event: "view_miniprogram", EventKey: "pages/index" },
    ];
    for (const fields of events) {
      assert.equal(await chat.send(openid, { MsgType: "event", ...fields }), null, String(fields.Event));
    }
  });

  it("neither answers nor keeps anybody for an event that it does not know", async () => {
    const openid = chat.stranger();
    for (const Event of ["MASSSENDJOBFINISH", "user_info_modified", "kf_create_session"])
      assert.equal(await chat.send(openid, { MsgType: "event", Event }), null, Event);
    assert.equal(await chat.app.ctx.people.find(chat.app.ctx.vault.personId(openid)), null);
  });

  it("may speak for two days to who sent something that it does not know", async () => {
    const openid = chat.stranger();
    await chat.send(openid, { MsgType: "something-new", MsgId: nextMsgId() });
    assert.equal(await chat.app.ctx.quota.left(openid, chat.app.clock.now()), 5);
  });

  it("keeps the last position while the cars stand, and refuses one in the sea with a sentence", async () => {
    const { openid } = await chat.withAccident();
    const place = { latitude: 31.23, longitude: 121.47, label: "上海市黄浦区人民大道200号" };
    await chat.app.simulator.platform.sendLocation(openid, place);
    assert.match(chat.lastWords(openid), /位置已记录/);
    await chat.app.simulator.platform.sendLocation(openid, place);
    assert.match(chat.lastWords(openid), /该位置此前已记录/);
    await chat.app.simulator.platform.sendLocation(openid, { ...place, latitude: 31.24 });
    assert.match(chat.lastWords(openid), /位置已记录/);
    await chat.app.simulator.platform.sendLocation(openid, { ...place, longitude: 123.5 });
    assert.match(chat.lastWords(openid), /该位置在海上或本服务的城市以外，未记录/);
    const position = (await chat.current(openid)).scene.positions.A;
    assert.equal(position?.lat, 31.24);
    assert.equal(position?.crs, "GCJ-02");
  });

  it("keeps no photograph of somebody without a case", async () => {
    const openid = await chat.follower();
    await chat.app.simulator.platform.sendImage(openid, (await photographs(1))[0] as Buffer);
    assert.match(chat.lastWords(openid), /未保存/);
  });

  it("takes five photographs at once, each in a place of its own, and sends him off the road when they are safe", async () => {
    const { openid } = await chat.withAccident();
    const before = chat.app.simulator.platform.inbox(openid).length;
    const deliveries = await chat.app.simulator.platform.sendAlbum(openid, "photos", await photographs(5));
    assert.ok(deliveries.every(({ outcome }) => outcome !== "failed"));
    const slots = (await chat.current(openid)).photos.map(({ slot }) => slot);
    assert.deepEqual([...slots].sort(), ["other-damage", "other-plate", "own-damage", "own-plate", "scene"]);
    const lines = chat.app.simulator.platform.inbox(openid).slice(before);
    // Answered together: the last one speaks for all that waited behind the first.
    assert.ok(lines.length >= 1 && lines.length < 5, `${lines.length} answers`);
    assert.match(lines.at(-1)?.text ?? "", /⑤ 对方车牌 已收到，检查中/);

    assert.match(await chat.say(openid, "挪好了"), /正在保存/);
    await chat.app.settle();
    assert.match(chat.lastWords(openid), /请立即挪车/);
    assert.match(await chat.say(openid, "挪好了"), /车辆已挪开/);
    assert.ok((await chat.current(openid)).movedAt);
    assert.match(await chat.say(openid, "换 1 2"), /已不能修改/);
  });

  it("changes the places of two photographs, and makes room for one that is sent again", async () => {
    const { openid } = await chat.withAccident();
    for (const photo of await photographs(2)) await chat.app.simulator.platform.sendImage(openid, photo);
    const [first, second] = (await chat.current(openid)).photos.map(({ id }) => id);
    assert.match(await chat.say(openid, "换 ① ②"), /已对调/);
    const slotOf = async (id: string | undefined) =>
      (await chat.current(openid)).photos.find((one) => one.id === id)?.slot;
    assert.equal(await slotOf(first), "own-damage");
    assert.equal(await slotOf(second), "scene");
    assert.match(await chat.say(openid, "swap 1 and 4"), /④ 我的车牌 已收到，检查中/);
    assert.equal(await slotOf(second), "own-plate");
    assert.match(await chat.say(openid, "换 3 5"), /还没有照片/);
    assert.match(await chat.say(openid, "重拍 2"), /下一张照片将放在此处/);
    assert.equal(await slotOf(first), "extra");
    assert.deepEqual(
      (await chat.app.ctx.accidents.get((await chat.current(openid)).id)).events.at(-1)?.type,
      "photo-moved",
    );
  });

  it("says to whom a brake holds that it does, and logs no fault", async () => {
    const { openid, accident } = await chat.withAccident();
    const sent = { type: "photo-announced", by: "A", data: { slot: "scene" } } as const;
    const events = Array.from({ length: 60 }, () => sent);
    await chat.app.ctx.accidents.change(accident.id, (now) => ({ accident: now, events }));
    const picture = { MsgType: "image", PicUrl: "http://p", MediaId: "one-too-many", MsgId: nextMsgId() };
    assert.match((await chat.send(openid, picture)) ?? "", /操作过于频繁，请稍后再试\n.*还差 5 张/);
    assert.equal((await chat.current(openid)).photos.length, 0);
    assert.ok(!chat.app.logged().includes("wechat.handler-failed"));
  });

  it("withdraws only after a second word", async () => {
    const { openid } = await chat.withAccident();
    assert.match(await chat.say(openid, "撤回"), /确定/);
    assert.match(await chat.say(openid, "确认撤回？"), /未能识别您的消息/);
    assert.equal((await chat.current(openid)).ended, null);
    assert.match(await chat.say(openid, "确认撤回"), /已撤回/);
    assert.equal((await chat.current(openid)).ended?.code, "withdrawn");
    assert.match(await chat.say(openid, "1"), /需要处理新的事故/);
    assert.match(await chat.say(openid, "我的案件"), /已结束 1[\s\S]*h5\/cases/);
    assert.doesNotMatch(await chat.say(openid, "帮助"), /4 撤回|6 邀请|7 照片/, "nothing that is over");
  });

  it("forgets who leaves: wholly without a case, what the case does not need with one", async () => {
    const openid = await chat.follower();
    const person = await chat.seen(openid);
    await chat.app.simulator.platform.unfollow(openid);
    assert.equal(await chat.app.ctx.people.find(person.id), null);

    const driver = await chat.withAccident();
    const { id } = await chat.seen(driver.openid);
    await chat.app.ctx.people.keepUnsaid(id, "waits");
    await chat.app.simulator.platform.unfollow(driver.openid);
    assert.equal((await chat.app.ctx.people.find(id))?.hasUnsaid, undefined);
    assert.equal(await chat.app.ctx.quota.left(driver.openid, chat.app.clock.now()), 0);
    assert.ok(await chat.app.ctx.accidents.findByPerson({ id }));
  });

  it("says with the next answer what no channel would carry, within one message", async () => {
    const openid = await chat.follower();
    const { id } = await chat.seen(openid);
    const long = "很长的消息。".repeat(50);
    await chat.app.ctx.people.keepUnsaid(id, "first", long, long, long);
    const answer = await chat.say(openid, "人工");
    assert.ok(answer.startsWith("first"));
    assert.match(answer, /12345/);
    assert.ok(Buffer.byteLength(answer) < 2048);
    assert.ok((await chat.say(openid, "人工")).includes(long), "what did not fit comes with the answer after");
    assert.match(await chat.say(openid, "人工"), /^人工电话/);
  });
});
