import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { after, before, describe, it } from "node:test";
import mongoose from "mongoose";
import { openAccident } from "../../src/actions/open-accident.ts";
import type { Accident } from "../../src/domain/accident.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { sayLater } from "../../src/notices/say-later.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";
import type { ManualClock } from "../support/clocks.ts";
import { closeDatabase } from "../support/database.ts";
import { type Answer, nextMsgId, post, pushTo, pushXml, sealed, text, unsealed } from "./platform-push.ts";
import { startTwins, type Twin } from "./two-servers.ts";

const DECLARED = { textVersion: NOTICE_VERSION, answer: { vehicles: "two" as const, conditions: [] } };

/** Beside the token and the key that the servers have made. */
const ROTATION = { WECHAT_PREVIOUS_TOKEN: "oldToken", WECHAT_PREVIOUS_AES_KEY: "P".repeat(43) };

describe("a push, at two processes on one database", () => {
  let twins: [Twin, Twin];
  let clock: ManualClock;
  let people = 0;
  let operations: string[] = [];
  const commands = new EventEmitter();
  const began = async (operation: string) => void (await once(commands, operation));

  before(async () => {
    ({ twins, clock } = await startTwins(ROTATION));
    for (const connection of mongoose.connections) {
      if (connection.readyState !== mongoose.ConnectionStates.connected) continue;
      connection.getClient().on("commandStarted", ({ commandName, command }) => {
        const operation = `${commandName} ${command[commandName]}`;
        operations.push(operation);
        commands.emit(operation);
      });
    }
  });
  after(async () => {
    for (const twin of twins.toReversed()) await twin.stop();
    await closeDatabase();
  });

  const newPerson = () => `o_door_${++people}`;
  const xmlOf = (openid: string, fields: Record<string, string | number>) => pushXml(openid, fields, clock.now());

  async function driver(openid = newPerson()): Promise<{ openid: string; accident: () => Promise<Accident> }> {
    const { ctx } = twins[0];
    const person = await ctx.people.see(openid);
    const { id } = await openAccident(ctx, { person, ...DECLARED });
    return { openid, accident: () => ctx.accidents.get(id) };
  }

  const image = (mediaId: string, MsgId = nextMsgId()) => ({
    MsgType: "image",
    PicUrl: "http://p",
    MediaId: mediaId,
    MsgId,
  });

  it("has one effect when it comes three times at once and again at five seconds", async () => {
    const { openid, accident } = await driver();
    const xml = xmlOf(openid, image("media-once"));
    const [a, b] = twins;
    const answers = await Promise.all([a, b, a, b, a].map((twin) => pushTo(twin, xml)));
    clock.advance(5_000);
    answers.push(...(await Promise.all([a, b, b].map((twin) => pushTo(twin, xml)))));

    const { photos, events } = await accident();
    assert.equal(photos.length, 1);
    assert.equal(events.filter(({ type }) => type === "photo-announced").length, 1);
    const contents = new Set(answers.map(({ content }) => content));
    assert.equal(contents.size, 1, "every retry gets the same answer");
    assert.match([...contents][0] ?? "", /收到/);
  });

  it("is told apart from another person's with the same MsgId, and events by what they are about", async () => {
    const msgId = nextMsgId();
    const [first, second] = [newPerson(), newPerson()];
    for (const openid of [first, second])
      assert.match((await pushTo(twins[0], xmlOf(openid, text("3", msgId)))).content ?? "", /12345/);
    const click = (key: string) => xmlOf(first, { MsgType: "event", Event: "CLICK", EventKey: key });
    assert.match((await pushTo(twins[0], click("operator"))).content ?? "", /12345/);
    assert.match((await pushTo(twins[1], click("help"))).content ?? "", /可办理以下事项/);
  });

  it("keeps its answer, for whichever process the retry comes to", async () => {
    const openid = newPerson();
    const xml = xmlOf(openid, text("人工"));
    const first = await pushTo(twins[0], xml);
    assert.equal((await pushTo(twins[1], xml)).content, first.content);
  });

  it("waits for the one before it of the same person, and for nobody else's", async () => {
    const [app] = twins;
    const { accidents } = app.ctx;
    const { findCurrent } = accidents;
    const [{ openid }, other] = [await driver(), newPerson()];
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    accidents.findCurrent = async (person) => {
      if (person.id === app.ctx.vault.personId(openid)) await gate;
      return findCurrent(person);
    };
    try {
      const order: string[] = [];
      const say = async (name: string, from: string, words: string) => {
        await pushTo(app, xmlOf(from, text(words)));
        order.push(name);
      };
      const first = began("findAndModify people");
      const one = say("first", openid, "1");
      await first;
      const second = began("insert inbox");
      const two = say("second", openid, "人工");
      await second;
      await say("other", other, "人工");
      open();
      await Promise.all([one, two]);
      assert.deepEqual(order, ["other", "first", "second"]);
    } finally {
      accidents.findCurrent = findCurrent;
    }
  });

  it("loses no photograph when they arrive at both processes at once", async () => {
    const { openid, accident } = await driver();
    const names = Array.from({ length: 6 }, (_, at) => `both-${at}`);
    await Promise.all(names.map((name, at) => pushTo(twins[at % 2] as Twin, xmlOf(openid, image(name)))));
    assert.deepEqual((await accident()).photos.map(({ mediaId }) => mediaId).sort(), names);
  });

  it("gets success at once when the answer takes longer, and the words as a customer message", async () => {
    const [app] = twins;
    const { openid } = await driver();
    const { platform } = app.simulator as Simulator;
    await platform.follow(openid);
    platform.delay({ path: "/cgi-bin/qrcode/create", ms: 4_400 });
    const sent = platform.sendText(openid, "邀请");
    await clock.limitOf(4_400);
    clock.advance(4_000);
    const delivery = await sent;
    clock.advance(400);
    assert.deepEqual({ ...delivery, why: undefined }, { outcome: "accepted", tries: 1, why: undefined });
    await app.settle();
    const last = platform.inbox(openid).at(-1);
    assert.equal(last?.via, "customer");
    assert.match(last?.text ?? "", /六位数/);
  });

  it("that was accepted, and whose process died over it, is answered by the other one", async () => {
    const [app, other] = twins;
    const { accidents, inbox } = app.ctx;
    const { findCurrent } = accidents;
    const { renew } = inbox;
    const { openid } = await driver();
    const { platform } = app.simulator as Simulator;
    await platform.follow(openid);
    // it stands still for ever, and nothing renews its lease
    let wake = () => {};
    const still = new Promise<null>((resolve) => {
      wake = () => resolve(null);
    });
    const begun = new Promise<void>((resolve) => {
      accidents.findCurrent = () => {
        resolve();
        return still;
      };
    });
    inbox.renew = async () => {};
    try {
      const sent = platform.sendText(openid, "人工 请");
      await begun;
      clock.advance(4_000);
      assert.equal((await sent).outcome, "accepted");
      clock.advance(10_000);
      await other.settle();
      assert.match(platform.inbox(openid).at(-1)?.text ?? "", /未能识别您的消息/);
    } finally {
      Object.assign(accidents, { findCurrent });
      Object.assign(inbox, { renew });
      wake();
    }
  });

  it("answered too late, in a window that the platform has closed, is not lost, and no more is tried until his next act", async () => {
    const [app] = twins;
    const { openid } = await driver();
    const { platform } = app.simulator as Simulator;
    await platform.follow(openid);
    await app.settle();
    platform.fail({ path: "/cgi-bin/message/custom/send", errcode: 45015 });
    await sayLater(app.ctx, openid, "too late");
    assert.equal(await app.ctx.quota.left(openid, clock.now()), 0);
    await platform.sendText(openid, "人工");
    assert.match(platform.inbox(openid).at(-1)?.text ?? "", /^too late\n\n.*12345/);
  });

  it("that cannot be worked says so once, ends nothing, and tells the log no text", async () => {
    const [app] = twins;
    const openid = newPerson();
    const { accidents } = app.ctx;
    const { findCurrent } = accidents;
    accidents.findCurrent = async () => {
      throw new Error("秘密 a text that must not be logged");
    };
    try {
      assert.match((await pushTo(app, xmlOf(openid, text("1")))).content ?? "", /刚才处理失败/);
    } finally {
      accidents.findCurrent = findCurrent;
    }
    assert.match(app.logged(), /wechat\.handler-failed/);
    assert.doesNotMatch(app.logged(), /秘密/);
    assert.match((await pushTo(app, xmlOf(openid, text("1")))).content ?? "", /h5\/start/);
  });

  it("that is only a report of the platform's and cannot be worked is logged, and nobody is told", async () => {
    const [app] = twins;
    const { notices } = app.ctx;
    const { joinReport } = notices;
    const report = { MsgType: "event", Event: "TEMPLATESENDJOBFINISH", MsgID: nextMsgId(), Status: "success" };
    notices.joinReport = async () => {
      throw new RangeError("no database");
    };
    try {
      const answer = await pushTo(app, xmlOf(newPerson(), report));
      assert.deepEqual(answer, { status: 200, raw: "success", content: null });
    } finally {
      notices.joinReport = joinReport;
    }
    assert.match(app.logged(), /"kind":"templateSent","code":"RangeError".*wechat\.handler-failed/);
  });

  it("is accepted under the new and the old token and key, while traffic runs", async () => {
    const openid = newPerson();
    const [app] = twins;
    const { token: newToken, aesKey: newKey } = app.wechat;
    const secrets = [ROTATION.WECHAT_PREVIOUS_TOKEN, newToken].flatMap((token) =>
      [ROTATION.WECHAT_PREVIOUS_AES_KEY, newKey].map((aesKey) => ({ token, aesKey })),
    );
    const pushes = Array.from({ length: 40 }, (_, at) => {
      const sender = { ...app, wechat: { ...app.wechat, ...secrets[at % secrets.length] } };
      return pushTo(sender, xmlOf(`${openid}_${at}`, text("人工")));
    });
    const answers: Answer[] = await Promise.all(pushes);
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    // Deciphered with what it was sent under.
    assert.ok(answers.every(({ content }) => /12345/.test(content ?? "")));
  });

  it("is refused alike when it is plain, replayed, changed, or sealed by a stranger: 401 and nothing more", async () => {
    const [app] = twins;
    const openid = newPerson();
    const xml = xmlOf(openid, text("1"));
    const good = sealed(app, xml);
    const old = { ...app, now: () => new Date(clock.now().getTime() - 3 * 365 * 24 * 3600_000) };
    const stranger = { ...app, wechat: { ...app.wechat, aesKey: "S".repeat(43) } };
    const attempts = {
      plain: unsealed(app, xml),
      "no signature": { query: {}, body: xml },
      "three years old": sealed(old, xml),
      "another body under a good signature": { ...good, body: sealed(app, xmlOf(openid, text("2"))).body },
      "another account's key": sealed(stranger, xml),
      "another appid": sealed({ ...app, wechat: { ...app.wechat, appid: "wxother" } }, xml),
      "no ciphertext": { ...good, body: good.body.replace(/<Encrypt>.*<\/Encrypt>/s, "") },
      "broken ciphertext": { ...good, body: good.body.replace(/(<Encrypt><!\[CDATA\[)..../, "$1AAAA") },
      "clear text beside the ciphertext": {
        ...good,
        body: good.body.replace("<Encrypt>", "<MsgType>text</MsgType><Encrypt>"),
      },
    };
    for (const [name, attempt] of Object.entries(attempts)) {
      assert.deepEqual(await post(app, attempt), { status: 401, raw: "", content: null }, name);
    }
  });

  it("that is authentic is answered whatever is in it, and is counted; one that is too large is 413", async () => {
    const [app] = twins;
    const words = xmlOf("o_1", text("帮助"));
    const answered = {
      doctype: words.replace("<xml>", '<!DOCTYPE x [<!ENTITY a "b">]><xml>'),
      "a forbidden character": xmlOf("o_2", text("帮助\u0002")),
      unclosed: xmlOf("o_3", text("帮助")).replace("</xml>", ""),
      "a picture without its id": xmlOf("o_4", { MsgType: "image", MsgId: nextMsgId() }),
      "a wall of marks": xmlOf("o_5", text(`${"!".repeat(20_000)}a`)),
    };
    for (const [name, xml] of Object.entries(answered)) {
      const { status, content } = await pushTo(app, xml);
      assert.equal(status, 200, name);
      assert.match(content ?? "", /<a href=|处理/, name);
    }
    const silent = {
      "not XML": "hello",
      "no sender": "<xml><MsgType>text</MsgType></xml>",
      "an event with a field twice": xmlOf("o_6", {
        MsgType: "event",
        Event: "PUBLISHJOBFINISH",
        EventKey: "",
      }).replace("</xml>", "<fail_idx>1</fail_idx><fail_idx>2</fail_idx></xml>"),
      "a report without its number": xmlOf("o_7", { MsgType: "event", Event: "TEMPLATESENDJOBFINISH" }),
    };
    for (const [name, xml] of Object.entries(silent)) {
      const { status, raw } = await pushTo(app, xml);
      assert.deepEqual([status, raw], [200, "success"], name);
    }
    const large = sealed(app, xmlOf("o_1", text("x".repeat(70_000))));
    assert.equal((await post(app, large)).status, 413);
    const { push } = app.ctx.refusals.counts();
    assert.ok((push?.["form"] ?? 0) >= 8);
    assert.equal(push?.["too-large"], 1);
    assert.ok((push?.["token"] ?? 0) > 0 && (push?.["key"] ?? 0) > 0);
  });

  it("verifies the address for who knows the token, and for nobody else", async () => {
    const [app] = twins;
    const { query } = unsealed(app, "");
    const search = new URLSearchParams({ ...(query as Record<string, string>), echostr: "4375120948345356249" });
    const good = await fetch(`${app.url}/wechat?${search}`);
    assert.equal(good.status, 200);
    assert.equal(await good.text(), "4375120948345356249");
    search.set("nonce", "other");
    assert.equal((await fetch(`${app.url}/wechat?${search}`)).status, 401);
  });

  describe("costs the database", () => {
    async function counted(openid: string, fields: Record<string, string | number>): Promise<string[]> {
      operations = [];
      assert.equal((await pushTo(twins[0], xmlOf(openid, fields))).status, 200);
      await twins[0].settle();
      // the look for what a dead process has left is the clock's, not the push's
      return operations.filter((one) => /inbox|people|accidents/.test(one) && one !== "findAndModify inbox");
    }

    it("four operations for a text: de-duplication, person, accident, answer", async () => {
      const { openid } = await driver();
      const done = (await counted(openid, text("进度"))).slice(0, 4);
      assert.deepEqual(done, ["insert inbox", "findAndModify people", "find accidents", "update inbox"]);
    });

    it("five for a photograph: its place in the accident as well", async () => {
      const { openid } = await driver();
      const done = (await counted(openid, image("media-counted"))).slice(0, 5);
      assert.deepEqual(done, [
        "insert inbox",
        "findAndModify people",
        "find accidents",
        "update accidents",
        "update inbox",
      ]);
    });
  });
});
