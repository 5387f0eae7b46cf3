import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { joinAccident } from "../../src/actions/join-accident.ts";
import { makeInvitation, sceneOf } from "../../src/actions/make-invitation.ts";
import { openAccident } from "../../src/actions/open-accident.ts";
import type { Accident, Person } from "../../src/domain/accident.ts";
import { listSamples } from "../../src/simulator/samples/samples.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { nextMsgId, pushTo, pushXml } from "./platform-push.ts";

const DECLARED = { textVersion: "1", answer: { vehicles: "two" as const, conditions: [] } };

describe("the chat", () => {
  let app: TestApp;
  let people = 0;

  before(async () => {
    app = await startApp();
  });
  after(async () => {
    await app.stop();
    await closeDatabase();
  });

  /** A new follower. */
  async function follower(): Promise<string> {
    const openid = `o_chat_${++people}`;
    await app.simulator.platform.follow(openid);
    return openid;
  }

  const seen = (openid: string): Promise<Person> => app.ctx.people.see(openid);

  async function withAccident(): Promise<{ openid: string; accident: Accident }> {
    const openid = await follower();
    const accident = await openAccident(app.ctx, { person: await seen(openid), ...DECLARED });
    return { openid, accident };
  }

  const lastWords = (openid: string): string => app.simulator.platform.inbox(openid).at(-1)?.text ?? "";

  async function say(openid: string, words: string): Promise<string> {
    await app.simulator.platform.sendText(openid, words);
    return lastWords(openid);
  }

  const current = async (openid: string) => (await app.ctx.accidents.findByPerson((await seen(openid)).id)) as Accident;

  async function invitationOf(accident: Accident) {
    const { invitation } = await makeInvitation(app.ctx, { accidentId: accident.id, letter: "A" });
    assert.ok(invitation);
    return invitation;
  }

  const photographs = async (count: number): Promise<Buffer[]> => {
    const samples = listSamples();
    return Promise.all(Array.from({ length: count }, (_, at) => readFile(samples[at % samples.length]?.file as URL)));
  };

  it("welcomes who follows, with the link that opens a case", async () => {
    const openid = await follower();
    assert.match(lastWords(openid), /快处/);
    assert.ok(lastWords(openid).includes(`${app.url}/h5/start`));
  });

  it("welcomes back who has a case in hand", async () => {
    const { openid, accident } = await withAccident();
    // nobody follows twice in one second; two such events would be one
    app.clock.advance(1_000);
    await app.simulator.platform.unfollow(openid);
    await app.simulator.platform.follow(openid);
    assert.ok(lastWords(openid).includes(`/h5/accidents/${accident.id}`));
  });

  for (const [word, expected] of [
    ["帮助", /我能做的/],
    ["HELP", /我能做的/],
    ["“进度”", /没有正在处理的事故/],
    ["２", /没有正在处理的事故/],
    ["人工", /12345/],
    ["3", /12345/],
    ["撤回", /没有可以撤回/],
    ["处理事故。", /h5\/start/],
    ["今天天气不错", /没太明白.*\n?.*h5\/start/],
  ] as const) {
    it(`answers ${word} from somebody without a case`, async () => {
      assert.match(await say(await follower(), word), expected);
    });
  }

  it("leads on who has a case, whatever he writes", async () => {
    const { openid, accident } = await withAccident();
    for (const words of ["1", "进度", "blah", "帮助", "7"]) {
      assert.ok((await say(openid, words)).includes(accident.id), words);
    }
    assert.match(await say(openid, "进度"), new RegExp(accident.number));
  });

  it("speaks each driver's language from the word on, in the case too", async () => {
    const { openid } = await withAccident();
    assert.match(await say(openid, "English"), /English from now on/);
    assert.match(await say(openid, "help"), /What I can do/);
    assert.equal((await current(openid)).parties.A.language, "en");
    assert.match(await say(openid, "5"), /以后用中文/);
    assert.match(await say(openid, "中文"), /以后用中文/);
  });

  it("does what a menu key says, and leads on at a key that it does not know", async () => {
    const openid = await follower();
    await app.simulator.platform.click(openid, "help");
    assert.match(lastWords(openid), /我能做的/);
    for (const key of ["constructor", "nothing"]) {
      await app.simulator.platform.click(openid, key);
      assert.match(lastWords(openid), /没太明白/);
    }
  });

  it("answers every kind of message that a person can send", async () => {
    const { openid, accident } = await withAccident();
    const media = { MediaId: "media-1", ThumbMediaId: "thumb-1", Format: "amr" };
    const kinds: Record<string, string | number>[] = [
      { MsgType: "voice", ...media },
      { MsgType: "video", ...media },
      { MsgType: "shortvideo", ...media },
      { MsgType: "link", Title: "t", Description: "d", Url: "https://example.com" },
      { MsgType: "something-new" },
    ];
    for (const fields of kinds) {
      const answer = await send(openid, { ...fields, MsgId: nextMsgId() });
      assert.ok(answer?.includes(accident.id), String(fields.MsgType));
    }
  });

  it("takes what the platform heard in a voice message for what he wrote", async () => {
    const openid = await follower();
    const heard = { MsgType: "voice", MediaId: "m", Format: "amr", Recognition: "人工。", MsgId: "77" };
    assert.match((await send(openid, heard)) ?? "", /12345/);
  });

  it("says nothing to what is followed by messages of its own", async () => {
    const openid = await follower();
    const events: Record<string, string | number>[] = [
      { Event: "VIEW", EventKey: "https://example.com/h5" },
      { Event: "LOCATION", Latitude: 31.2, Longitude: 121.4, Precision: 40 },
      { Event: "view_miniprogram", EventKey: "pages/index" },
    ];
    for (const fields of events) {
      assert.equal(await send(openid, { MsgType: "event", ...fields }), null, String(fields.Event));
    }
  });

  async function send(openid: string, fields: Record<string, string | number>): Promise<string | null> {
    const sender = { url: app.url, wechat: app.config.wechat, now: () => app.clock.now() };
    const answer = await pushTo(sender, pushXml(openid, fields, app.clock.now()));
    assert.equal(answer.status, 200);
    return answer.content;
  }

  it("keeps the first position, and says so at the second", async () => {
    const { openid } = await withAccident();
    const place = { latitude: 31.23, longitude: 121.47, label: "上海市黄浦区人民大道200号" };
    await app.simulator.platform.sendLocation(openid, place);
    assert.match(lastWords(openid), /位置已记下/);
    await app.simulator.platform.sendLocation(openid, { ...place, latitude: 31.3 });
    assert.match(lastWords(openid), /先前已经记下/);
    const { position } = (await current(openid)).scene;
    assert.equal(position?.lat, 31.23);
    assert.equal(position?.crs, "GCJ-02");
  });

  it("keeps no photograph of somebody without a case", async () => {
    const openid = await follower();
    await app.simulator.platform.sendImage(openid, (await photographs(1))[0] as Buffer);
    assert.match(lastWords(openid), /没有保存/);
  });

  it("takes five photographs at once, each in a place of its own, and sends him off the road when they are safe", async () => {
    const { openid } = await withAccident();
    const before = app.simulator.platform.inbox(openid).length;
    const deliveries = await app.simulator.platform.sendAlbum(openid, "photos", await photographs(5));
    assert.ok(deliveries.every(({ outcome }) => outcome !== "failed"));
    const slots = (await current(openid)).photos.map(({ slot }) => slot);
    assert.deepEqual([...slots].sort(), ["other-damage", "other-plate", "own-damage", "own-plate", "scene"]);
    const lines = app.simulator.platform.inbox(openid).slice(before);
    // Answered together: the last one speaks for all that waited behind the first.
    assert.ok(lines.length >= 1 && lines.length < 5, `${lines.length} answers`);
    assert.match(lines.at(-1)?.text ?? "", /⑤ 对方车牌 ✓/);

    assert.match(await say(openid, "挪好了"), /正在保存/);
    await app.settle();
    assert.match(lastWords(openid), /可以挪车了/);
    assert.match(await say(openid, "挪好了"), /车已挪开/);
    assert.ok((await current(openid)).movedAt);
    assert.match(await say(openid, "换 1 2"), /不能再改/);
  });

  it("changes the places of two photographs, and makes room for one that is sent again", async () => {
    const { openid } = await withAccident();
    for (const photo of await photographs(2)) await app.simulator.platform.sendImage(openid, photo);
    const [first, second] = (await current(openid)).photos.map(({ id }) => id);
    assert.match(await say(openid, "换 ① ②"), /换好了/);
    const slotOf = async (id: string | undefined) => (await current(openid)).photos.find((one) => one.id === id)?.slot;
    assert.equal(await slotOf(first), "own-damage");
    assert.equal(await slotOf(second), "scene");
    assert.match(await say(openid, "swap 1 and 4"), /④ 自己车牌 ✓/);
    assert.equal(await slotOf(second), "own-plate");
    assert.match(await say(openid, "换 3 5"), /还没有照片/);
    assert.match(await say(openid, "重拍 2"), /下一张照片放在这里/);
    assert.equal(await slotOf(first), "extra");
    assert.deepEqual((await app.ctx.accidents.get((await current(openid)).id)).events.at(-1)?.type, "photo-moved");
  });

  it("withdraws only after a second word", async () => {
    const { openid } = await withAccident();
    assert.match(await say(openid, "撤回"), /确定/);
    assert.equal((await current(openid)).ended, null);
    assert.match(await say(openid, "确认撤回"), /已撤回/);
    assert.equal((await current(openid)).ended?.code, "withdrawn");
    assert.match(await say(openid, "1"), /又出了事故/);
  });

  it("brings the second driver in by the scanned code, follower or not", async () => {
    const { accident } = await withAccident();
    const { code } = await invitationOf(accident);
    const stranger = `o_chat_${++people}`;
    await app.simulator.platform.scan(stranger, sceneOf(code));
    assert.ok(lastWords(stranger).includes(`/h5/join/${code}`), "subscribe with qrscene_");
    const known = await follower();
    await app.simulator.platform.scan(known, sceneOf(code));
    assert.ok(lastWords(known).includes(`/h5/join/${code}`), "SCAN");
  });

  it("gives six digits on request, and takes them however they are typed", async () => {
    const { openid } = await withAccident();
    const digits = /(\d{6})（/.exec(await say(openid, "邀请"))?.[1] as string;
    const { invitation } = await current(openid);
    const second = await follower();
    for (const typed of [digits, `${digits.slice(0, 3)} ${digits.slice(3)}`]) {
      assert.ok((await say(second, typed)).includes(`/h5/join/${invitation?.code}`), typed);
    }
  });

  it("makes new digits when the old ones have run out, and leaves the code to scan as it is", async () => {
    const { openid, accident } = await withAccident();
    const old = await invitationOf(accident);
    app.clock.advance(16 * 60_000);
    const second = await follower();
    assert.match(await say(second, old.digits), /已过期/);
    await say(openid, "邀请");
    const { invitation } = await current(openid);
    assert.equal(invitation?.code, old.code);
    assert.notEqual(invitation?.digits, old.digits);
  });

  it("says what is wrong with an invitation and what to do", async () => {
    const { openid, accident } = await withAccident();
    const { code, digits } = await invitationOf(accident);
    await app.simulator.platform.scan(openid, sceneOf(code));
    assert.match(lastWords(openid), /您自己的邀请/);

    const second = await follower();
    await joinAccident(app.ctx, { person: await seen(second), code, ...DECLARED });
    assert.match(await say(second, digits), /已经在这起事故里/);
    const third = await follower();
    await app.simulator.platform.scan(third, sceneOf(code));
    assert.match(lastWords(third), /已经有人用过/);

    const other = await withAccident();
    const expiring = await invitationOf(other.accident);
    app.clock.advance(31 * 60_000);
    const late = await send(third, { MsgType: "event", Event: "SCAN", EventKey: sceneOf(expiring.code), Ticket: "t" });
    assert.match(late ?? "", /已过期/);
    assert.match((await send(third, { MsgType: "event", Event: "SCAN", EventKey: "join_nobody" })) ?? "", /没有找到/);
  });

  /** Tries are counted by quarters of an hour of the clock. */
  const toNextQuarter = () => app.clock.advance(900_000 - (app.clock.now().getTime() % 900_000));

  it("lets nobody guess digits: five tries in a quarter of an hour", async () => {
    toNextQuarter();
    const guesser = await follower();
    for (let guess = 0; guess < 5; guess++) assert.match(await say(guesser, `00000${guess}`), /没有找到/);
    assert.match(await say(guesser, "000009"), /次数太多/);
    toNextQuarter();
    assert.match(await say(guesser, "000009"), /没有找到/);
  });

  it("lets a case be tried twenty times by all together", async () => {
    toNextQuarter();
    const { accident } = await withAccident();
    const { digits } = await invitationOf(accident);
    for (let tries = 0; tries < 20; tries++) assert.match(await say(await follower(), digits), /h5\/join/);
    assert.match(await say(await follower(), digits), /次数太多/);
  });

  it("forgets who leaves: wholly without a case, what the case does not need with one", async () => {
    const openid = await follower();
    const person = await seen(openid);
    await app.simulator.platform.unfollow(openid);
    assert.equal(await app.ctx.people.find(person.id), null);

    const driver = await withAccident();
    const { id } = await seen(driver.openid);
    await app.ctx.people.keepUnsaid(id, "waits");
    await app.simulator.platform.unfollow(driver.openid);
    assert.equal((await app.ctx.people.find(id))?.hasUnsaid, undefined);
    assert.equal(await app.ctx.quota.left(driver.openid, app.clock.now()), 0);
    assert.ok(await app.ctx.accidents.findByPerson(id));
  });

  it("says with the next answer what no channel would carry, within one message", async () => {
    const openid = await follower();
    const { id } = await seen(openid);
    const long = "很长的消息。".repeat(50);
    await app.ctx.people.keepUnsaid(id, "first", long, long, long);
    const answer = await say(openid, "人工");
    assert.ok(answer.startsWith("first"));
    assert.match(answer, /12345/);
    assert.ok(Buffer.byteLength(answer) <= 2048);
    assert.ok((await say(openid, "人工")).includes(long), "what did not fit comes with the answer after");
    assert.match(await say(openid, "人工"), /^人工电话/);
  });
});
