import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import { after, afterEach, before, describe, it } from "node:test";
import Koa from "koa";
import type { Account } from "../../src/simulator/platform/account.ts";
import { createPlatform } from "../../src/simulator/platform/platform.ts";
import { APOLOGY } from "../../src/simulator/platform/push.ts";
import { childOf, type Node, parseJson, parseXml, textOf, toXml } from "../../src/simulator/platform/wire.ts";
import {
  createManualClock,
  listen,
  type RunningPlatform,
  type RunningServer,
  startPlatform,
  testAccount,
} from "../support/platform-server.ts";
import { createTestClient } from "../support/wechat-client.ts";

/** The cipher of a package that is neither ours nor the stand-in's. */
interface Cryptor {
  decrypt(sealed: string): { message: string; id: string };
  encrypt(message: string): string;
  getSignature(timestamp: string, nonce: string, sealed: string): string;
}
const WechatCrypto = createRequire(import.meta.url)("wechat-crypto") as new (
  token: string,
  aesKey: string,
  appid: string,
) => Cryptor;
const cryptor = new WechatCrypto(testAccount.token, testAccount.aesKey, testAccount.appid);
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

interface Arrived {
  query: URLSearchParams;
  raw: string;
}

type Answer = string | { status: number } | "silence";

/** An app that writes down what is pushed and answers as told. */
class FakeApp {
  arrived: Arrived[] = [];
  answers: Array<Answer | ((pushed: Arrived) => string)> = [];
  server: RunningServer | null = null;

  async start(): Promise<string> {
    this.server = await listen(async (req, res) => {
      const pushed = { query: new URL(req.url ?? "/", "http://app").searchParams, raw: await bodyOf(req) };
      this.arrived.push(pushed);
      const next = this.answers.shift() ?? "success";
      const answer = typeof next === "function" ? next(pushed) : next;
      if (answer === "silence") return;
      if (typeof answer === "string") res.end(answer);
      else res.writeHead(answer.status).end();
    });
    return this.server.url;
  }

  get last(): Arrived {
    const pushed = this.arrived.at(-1);
    assert.ok(pushed);
    return pushed;
  }

  fields(pushed = this.last): Node {
    const sealed = textOf(outerOf(pushed.raw), "Encrypt");
    const node = outerOf(sealed ? cryptor.decrypt(sealed).message : pushed.raw);
    assert.ok(node);
    return node;
  }
}

function outerOf(raw: string): Node | undefined {
  return (raw.startsWith("{") ? parseJson(raw) : parseXml(raw)) ?? undefined;
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

const textReply = (openid: string, text: string, more: Record<string, string> = {}) =>
  toXml({
    ToUserName: openid,
    FromUserName: testAccount.account,
    CreateTime: 1,
    MsgType: "text",
    Content: text,
    ...more,
  });

function sealedReply(message: string, signedNonce = "n"): string {
  const Encrypt = cryptor.encrypt(message);
  const MsgSignature = cryptor.getSignature("1714112445", signedNonce, Encrypt);
  return toXml({ Encrypt, MsgSignature, TimeStamp: 1714112445, Nonce: "n" });
}

describe("the platform's stand-in", () => {
  const clock = createManualClock();
  let app = new FakeApp();
  let running: RunningPlatform | undefined;

  async function start(account: Partial<Account> = {}, answerMs = 5_000) {
    running = await startPlatform({ clock, appUrl: await app.start(), account, answerMs });
    return running.platform;
  }
  afterEach(async () => {
    await running?.close();
    await app.server?.close();
    running = undefined;
    app = new FakeApp();
  });

  describe("pushes", () => {
    for (const mode of ["plain", "compatible", "safe"] as const) {
      for (const format of ["xml", "json"] as const) {
        it(`in ${mode} mode as ${format}, signed, with every digit of the message's id`, async () => {
          const platform = await start({ mode, format });
          await platform.follow("anna");
          const delivery = await platform.sendText("anna", " 两车追尾 <b> ]]> & \n");
          assert.deepEqual(delivery, { outcome: "accepted", tries: 1 });
          const { query, raw } = app.last;
          const words = [testAccount.token, query.get("timestamp") ?? "", query.get("nonce") ?? ""];
          const signature = createHash("sha1").update(words.sort().join("")).digest("hex");
          assert.equal(query.get("signature"), signature);
          assert.equal(query.get("openid"), "anna");
          assert.equal(query.get("encrypt_type"), mode === "plain" ? null : "aes");
          assert.equal(raw.includes("<b>"), mode !== "safe");
          if (mode !== "plain") {
            const sealed = textOf(outerOf(raw), "Encrypt");
            const own = cryptor.getSignature(query.get("timestamp") ?? "", query.get("nonce") ?? "", sealed);
            assert.equal(query.get("msg_signature"), own);
            assert.equal(cryptor.decrypt(sealed).id, testAccount.appid);
          }
          const fields = app.fields();
          assert.equal(textOf(fields, "Content"), " 两车追尾 <b> ]]> & \n");
          assert.equal(textOf(fields, "FromUserName"), "anna");
          if (format === "xml" || mode === "safe") {
            const text = mode === "safe" ? cryptor.decrypt(textOf(outerOf(raw), "Encrypt")).message : raw;
            assert.match(text, /MsgId"?[:>](\d{18,20})\D/);
          }
        });
      }
    }
    it("shows the passive reply, plain or sealed", async () => {
      const platform = await start({ mode: "compatible" });
      app.answers = ["", "success", textReply("anna", "请拍照 ]]> 好"), sealedReply(textReply("anna", "密"))];
      await platform.follow("anna");
      assert.equal((await platform.sendText("anna", "1")).outcome, "accepted");
      assert.equal((await platform.sendText("anna", "2")).outcome, "answered");
      assert.equal((await platform.sendText("anna", "3")).outcome, "answered");
      assert.deepEqual(
        platform.inbox("anna").map(({ via, text }) => [via, text]),
        [
          ["passive", "请拍照 ]]> 好"],
          ["passive", "密"],
        ],
      );
    });

    it("shows articles and pictures of a reply", async () => {
      const platform = await start();
      const item = { Title: "协议书", Description: "", PicUrl: "", Url: "https://kuaichu.example/a" };
      const head = { ToUserName: "anna", FromUserName: testAccount.account, CreateTime: 1 };
      app.answers = [
        toXml({ ...head, MsgType: "news", ArticleCount: 1, Articles: { item: [item] } }),
        toXml({ ...head, MsgType: "image", Image: { MediaId: "m-1" } }),
      ];
      await platform.follow("anna");
      await platform.click("anna", "start");
      const [news, image] = platform.inbox("anna");
      assert.equal(news?.articles?.[0]?.url, item.Url);
      assert.equal(image?.mediaId, "m-1");
    });

    const badAnswers: Array<[what: string, mode: Account["mode"], answer: string]> = [
      ["is not XML", "plain", "<xml><a>"],
      ["is JSON where XML is set", "plain", '{"MsgType":"text"}'],
      ["goes to somebody else", "plain", textReply("bert", "x")],
      ["comes from another account", "plain", textReply("anna", "x").replace(testAccount.account, "gh_other")],
      ["is empty", "plain", textReply("anna", "")],
      ["is of an unknown kind", "plain", textReply("anna", "x", { MsgType: "poem" })],
      ["is open in safe mode", "safe", textReply("anna", "x")],
      ["is sealed under a wrong signature", "safe", sealedReply(textReply("anna", "x"), "other")],
    ];
    for (const [what, mode, answer] of badAnswers) {
      it(`apologises to the person, without another try, when the reply ${what}`, async () => {
        const platform = await start({ mode });
        await platform.follow("anna");
        app.answers = [answer];
        assert.equal((await platform.sendText("anna", "hi")).outcome, "failed");
        assert.equal(app.arrived.length, 2);
        assert.deepEqual(
          platform.inbox("anna").map(({ from, text }) => [from, text]),
          [["platform", APOLOGY]],
        );
      });
    }

    it("tries three times with the same id, then apologises once", async () => {
      const platform = await start({}, 300);
      await platform.follow("anna");
      app.answers = ["silence", { status: 500 }, "silence"];
      const delivery = await platform.sendText("anna", "hi");
      assert.equal(delivery.outcome, "failed");
      assert.equal(delivery.tries, 3);
      const ids = app.arrived.slice(1).map((pushed) => textOf(app.fields(pushed), "MsgId"));
      assert.equal(ids.length, 3);
      assert.equal(new Set(ids).size, 1);
      assert.equal(platform.inbox("anna").length, 1);
    });

    it("takes the answer of a later try, and can bring the same push again", async () => {
      const platform = await start({}, 300);
      await platform.follow("anna");
      app.answers = [{ status: 502 }, (pushed) => textReply("anna", textOf(app.fields(pushed), "MsgId"))];
      const delivery = await platform.sendText("anna", "hi");
      assert.deepEqual(delivery, { outcome: "answered", tries: 2 });
      await platform.pushAgain("anna");
      const [, , second, again] = app.arrived;
      assert.ok(second && again);
      assert.equal(textOf(app.fields(again), "MsgId"), textOf(app.fields(second), "MsgId"));
      assert.equal(platform.pushes.at(-1)?.kind, "text");
    });
  });

  describe("people", () => {
    const event = () => {
      const fields = app.fields();
      return [textOf(fields, "Event"), textOf(fields, "EventKey"), textOf(fields, "Ticket")];
    };

    it("follow and scan: with the prefix when they are new, without when they follow", async () => {
      const platform = await start();
      const { api } = createTestClient([running?.url ?? ""], { clock });
      const qr = await api.createQr({ scene: "inv-1", expireSeconds: 600 });
      await platform.follow("bert");
      assert.deepEqual(event(), ["subscribe", "", ""]);
      await platform.scan("anna", qr.url);
      assert.deepEqual(event(), ["subscribe", "qrscene_inv-1", qr.ticket]);
      await platform.scan("anna", qr.ticket);
      assert.deepEqual(event(), ["SCAN", "inv-1", qr.ticket]);
      await platform.scan("bert", "inv-1");
      assert.deepEqual(event(), ["SCAN", "inv-1", qr.ticket]);
      assert.equal(await platform.scan("bert", "unknown"), null);
      await platform.unfollow("bert");
      assert.deepEqual(event(), ["unsubscribe", "", ""]);
      assert.throws(() => platform.sendText("bert", "x"), /does-not-follow/);
      api.close();
    });

    it("click, view, and send places, links, pictures and whole albums", async () => {
      const platform = await start();
      const { api } = createTestClient([running?.url ?? ""], { clock });
      await platform.follow("anna");
      await platform.click("anna", "start");
      assert.deepEqual(event(), ["CLICK", "start", ""]);
      await platform.view("anna", "https://kuaichu.example/");
      assert.deepEqual(event(), ["VIEW", "https://kuaichu.example/", ""]);
      await platform.sendLocation("anna", { latitude: 31.23, longitude: 121.47, label: "延安东路" });
      assert.equal(textOf(app.fields(), "Location_X"), "31.23");
      assert.equal(textOf(app.fields(), "Label"), "延安东路");
      await platform.sendLink("anna", { title: "t", description: "d", url: "https://a.example" });
      assert.equal(textOf(app.fields(), "Url"), "https://a.example");

      await platform.sendImage("anna", PNG);
      const picUrl = textOf(app.fields(), "PicUrl");
      assert.deepEqual(Buffer.from(await (await fetch(picUrl)).arrayBuffer()), PNG);
      assert.deepEqual((await api.getMedia(textOf(app.fields(), "MediaId"))).bytes, PNG);

      const before = app.arrived.length;
      const deliveries = await platform.sendAlbum("anna", "photos", [PNG, PNG, PNG]);
      assert.equal(deliveries.length, 4);
      const kinds = app.arrived.slice(before).map((pushed) => textOf(app.fields(pushed), "MsgType"));
      assert.deepEqual(kinds.sort(), ["event", "image", "image", "image"]);
      const album = app.arrived.map((pushed) => childOf(app.fields(pushed), "SendPicsInfo")).find(Boolean);
      assert.equal(childOf(album, "PicList")?.children.length, 3);
      assert.throws(() => platform.sendLink("nobody", { title: "", description: "", url: "" }));
      api.close();
    });

    it("open no window for us by looking at a page", async () => {
      const platform = await start();
      const { api } = createTestClient([running?.url ?? ""], { clock });
      await platform.follow("anna");
      clock.advance(60_000);
      await platform.view("anna", "https://kuaichu.example/");
      await assert.rejects(api.sendText("anna", "x"), /wechat-window-closed/);
      await platform.click("anna", "start");
      await api.sendText("anna", "x");
      api.close();
    });

    it("get notices, whose fate is reported to the app with the same id", async () => {
      const platform = await start({ mode: "safe" });
      const { api } = createTestClient([running?.url ?? ""], { clock });
      await platform.follow("anna");
      const notice = { openid: "anna", templateId: "t", data: { thing1: "好" }, clientMsgId: "1" };
      const { msgId } = await api.sendTemplate(notice);
      await platform.settle();
      assert.equal(textOf(app.fields(), "Event"), "TEMPLATESENDJOBFINISH");
      assert.equal(textOf(app.fields(), "MsgID"), msgId);
      assert.equal(textOf(app.fields(), "Status"), "success");
      platform.people.get("anna").blocks = true;
      await api.sendTemplate({ ...notice, clientMsgId: "2" });
      await platform.settle();
      assert.equal(textOf(app.fields(), "Status"), "failed:user block");

      await platform.consent("anna", "s", true);
      const List = childOf(childOf(app.fields(), "SubscribeMsgPopupEvent"), "List");
      assert.equal(textOf(List, "SubscribeStatusString"), "accept");
      const sent = await api.sendSubscription({ openid: "anna", templateId: "s", data: { thing1: "好" } });
      await platform.settle();
      const report = childOf(childOf(app.fields(), "SubscribeMsgSentEvent"), "List");
      assert.equal(textOf(report, "MsgID"), sent.msgId);
      api.close();
    });
  });

  describe("tokens", () => {
    it("of the old call end the one before after five minutes and do not touch the stable one", async () => {
      const platform = await start();
      platform.people.add("anna");
      const base = running?.url ?? "";
      const { appid, secret } = testAccount;
      const json = async (path: string, init?: RequestInit): Promise<Record<string, unknown>> =>
        (await fetch(base + path, init)).json() as Promise<Record<string, unknown>>;
      const query = `grant_type=client_credential&appid=${appid}&secret=${secret}`;
      const use = async (token: unknown) =>
        (await json(`/cgi-bin/user/info?access_token=${token}&openid=anna`))["errcode"];
      const stable = async (force: boolean) =>
        json("/cgi-bin/stable_token", {
          method: "POST",
          body: JSON.stringify({ grant_type: "client_credential", appid, secret, force_refresh: force }),
        });

      const kept = (await stable(false))["access_token"];
      const first = (await json(`/cgi-bin/token?${query}`))["access_token"];
      const second = (await json(`/cgi-bin/token?${query}`))["access_token"];
      assert.deepEqual([await use(first), await use(second), await use(kept)], [undefined, undefined, undefined]);
      clock.advance(5 * 60_000);
      assert.deepEqual([await use(first), await use(second), await use(kept)], [42001, undefined, undefined]);
      assert.equal((await stable(false))["access_token"], kept);
      const forced = await stable(true);
      assert.notEqual(forced["access_token"], kept);
      assert.equal(await use(kept), 40001);
      assert.equal((await stable(true))["errcode"], 45011);
      assert.equal(await use("short"), 40014);
      assert.equal(await use(""), 41001);
      clock.advance(7200_000 - 4 * 60_000);
      const next = (await stable(false))["access_token"];
      assert.notEqual(next, forced["access_token"]);
      assert.deepEqual([await use(next), await use(forced["access_token"])], [undefined, undefined]);
    });
  });

  describe("mounted in another server", () => {
    let server: RunningServer;
    let url = "";
    const platform = createPlatform({
      account: testAccount,
      urls: { app: () => url, platform: () => `${url}/simulator/platform` },
      prefix: "/simulator/platform",
    });
    before(async () => {
      const koa = new Koa();
      koa.use(platform.middleware);
      koa.use((ctx) => {
        ctx.body = "success";
      });
      server = await listen(koa.callback());
      url = server.url;
    });
    after(() => server.close());

    it("answers under its prefix only, to the real client", async () => {
      const { api } = createTestClient([`${url}/simulator/platform`]);
      await platform.follow("anna");
      await api.sendText("anna", "hello");
      assert.equal(platform.inbox("anna")[0]?.text, "hello");
      platform.fail({ path: "/cgi-bin/user/info", errcode: 45009 });
      await assert.rejects(api.userInfo("anna"), /wechat-day-quota/);
      assert.equal((await api.userInfo("anna")).subscribed, true);
      assert.equal(await (await fetch(`${url}/cgi-bin/stable_token`, { method: "POST" })).text(), "success");
      api.close();
    });
  });
});
