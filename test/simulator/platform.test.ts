import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import Koa from "koa";
import type { Account } from "../../src/simulator/platform/account.ts";
import { createPlatform } from "../../src/simulator/platform/platform.ts";
import { childOf, textOf } from "../../src/simulator/platform/wire.ts";
import { NOON, standingClock } from "../support/clocks.ts";
import { FakeApp } from "../support/fake-app.ts";
import {
  listen,
  type RunningPlatform,
  type RunningServer,
  startPlatform,
  testAccount,
} from "../support/platform-server.ts";
import { createTestClient } from "../support/wechat-client.ts";

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

describe("the platform's stand-in", () => {
  const clock = standingClock(NOON);
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
