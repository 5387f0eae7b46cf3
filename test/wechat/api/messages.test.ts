import assert from "node:assert/strict";
import { afterEach, before, beforeEach, describe, it } from "node:test";
import sharp from "sharp";
import { Upstream } from "../../../src/errors.ts";
import type { WechatApi } from "../../../src/wechat/api/client.ts";
import { createOutbound } from "../../../src/wechat/api/outbound.ts";
import { createQuota } from "../../../src/wechat/api/quota.ts";
import { NOON, standingClock } from "../../support/clocks.ts";
import { createMemoryQuotaStore } from "../../support/memory-quota-store.ts";
import { type RunningPlatform, startPlatform } from "../../support/platform-server.ts";
import { createTestClient } from "../../support/wechat-client.ts";
import { upstream } from "../../support/wechat-errors.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let jpeg: Buffer;
before(async () => {
  jpeg = await sharp({ create: { width: 64, height: 48, channels: 3, background: "#3a7" } })
    .jpeg()
    .toBuffer();
});

describe("what is said through the platform", () => {
  let clock: ReturnType<typeof standingClock>;
  let running: RunningPlatform;
  let api: WechatApi;

  beforeEach(async () => {
    clock = standingClock(NOON);
    running = await startPlatform({ clock, templates: ["tpl-news"] });
    running.platform.people.add("anna");
    api = createTestClient([running.url], { clock }).api;
  });
  afterEach(async () => {
    api.close();
    await running.close();
  });

  const received = () => running.platform.inbox("anna").filter(({ via }) => via !== "notice");

  describe("customer messages", () => {
    it("carry text, a picture, an article, a mini program, a menu and the sign of typing", async () => {
      await running.platform.follow("anna");
      await running.platform.sendText("anna", "hello");
      const { mediaId } = await api.uploadImage({ bytes: jpeg, filename: "a.jpg", contentType: "image/jpeg" });
      await api.sendTyping("anna");
      assert.equal(running.platform.people.get("anna").typing, true);
      await api.sendTyping("anna", false);
      assert.equal(running.platform.people.get("anna").typing, false);
      await api.sendText("anna", '对方已加入。<a href="https://kuaichu.example/h5">打开</a>');
      await api.sendImage("anna", mediaId);
      await api.sendNews("anna", { title: "协议书", url: "https://kuaichu.example/a" });
      await api.sendMiniProgram("anna", { title: "快处", appid: "wx1", pagePath: "a/b", thumbMediaId: mediaId });
      await api.sendMenu("anna", { head: "几辆车？", items: [{ id: "1", content: "两辆" }], tail: "请选" });
      assert.deepEqual(
        received().map(({ via, kind }) => `${via} ${kind}`),
        ["customer text", "customer image", "customer news", "customer mini-program", "customer menu"],
      );
      assert.equal(received()[0]?.text, '对方已加入。<a href="https://kuaichu.example/h5">打开</a>');
      assert.deepEqual(received()[4]?.items, [{ id: "1", content: "两辆" }]);
    });

    it("end with the window: three in a minute after a scan, five in 48 hours after a message", async () => {
      await running.platform.follow("anna");
      for (const text of ["1", "2", "3"]) await api.sendText("anna", text);
      await assert.rejects(api.sendText("anna", "4"), upstream("wechat-window-used-up", "switch-channel"));
      clock.advance(MINUTE_MS);
      await assert.rejects(api.sendText("anna", "4"), upstream("wechat-window-closed", "switch-channel"));
      await running.platform.sendText("anna", "hi");
      clock.advance(47 * HOUR_MS);
      for (const text of ["4", "5", "6", "7", "8"]) await api.sendText("anna", text);
      await assert.rejects(api.sendText("anna", "9"), upstream("wechat-window-used-up"));
      clock.advance(HOUR_MS);
      await assert.rejects(api.sendText("anna", "9"), upstream("wechat-window-closed"));
    });

    it("tell by their error what to do: unknown person, picture gone, too long", async () => {
      await running.platform.follow("anna");
      await assert.rejects(api.sendText("nobody", "x"), upstream("wechat-unknown-person", "forget-person"));
      await assert.rejects(api.sendImage("anna", "gone"), upstream("wechat-media-gone", "ask-again"));
      await assert.rejects(api.sendText("anna", "长".repeat(700)), upstream("wechat-too-large", "shrink"));
    });
  });

  describe("the puppet's customer messages", () => {
    const counting = (quota = createQuota({ store: createMemoryQuotaStore() })) => ({
      quota,
      outbound: createOutbound({ api, quota, clock }),
    });

    it("are counted, and go to no one to whom nothing may be said", async () => {
      const { quota, outbound } = counting();
      await running.platform.follow("anna");
      await quota.opened("anna", "subscribe", clock.now());
      const { mediaId } = await outbound.upload({ bytes: jpeg, filename: "a.jpg", contentType: "image/jpeg" });
      await outbound.text("anna", "one");
      await outbound.image("anna", mediaId);
      await outbound.news("anna", { title: "three", url: "https://kuaichu.example" });
      const closed = upstream("wechat-window-closed", "switch-channel");
      await assert.rejects(outbound.text("anna", "four"), closed);
      await assert.rejects(
        outbound.miniProgram("bert", { title: "t", appid: "a", pagePath: "p", thumbMediaId: "m" }),
        closed,
      );
      assert.equal(running.calls.filter((path) => path.endsWith("/custom/send")).length, 3);
      assert.ok((await outbound.download?.(mediaId))?.bytes.equals(jpeg));
    });

    it("end when the platform says so, whatever was counted", async () => {
      const { quota, outbound } = counting();
      await quota.opened("anna", "message", clock.now());
      await assert.rejects(outbound.text("anna", "x"), upstream("wechat-window-closed"));
      assert.equal(await quota.left("anna", clock.now()), 0);
    });
  });

  describe("notices", () => {
    const notice = {
      openid: "anna",
      templateId: "tpl-news",
      data: { thing1: "保险公司已收到", time2: "2026-11-02 12:00" },
      url: "https://kuaichu.example/h5",
      clientMsgId: "event-1",
    };

    it("by template reach a follower once for each client_msg_id, whatever is repeated", async () => {
      await running.platform.follow("anna");
      const first = await api.sendTemplate(notice);
      const again = await api.sendTemplate(notice);
      assert.equal(again.msgId, first.msgId);
      assert.ok(BigInt(first.msgId) > BigInt(Number.MAX_SAFE_INTEGER));
      assert.notEqual((await api.sendTemplate({ ...notice, clientMsgId: "event-2" })).msgId, first.msgId);
      assert.equal(received().filter(({ via }) => via === "template").length, 2);
      assert.deepEqual(received().at(-1)?.fields, notice.data);
      await running.platform.settle();
    });

    it("by template may be tried again by the caller after a time-out, and still arrive once", async () => {
      await running.platform.follow("anna");
      const hasty = createTestClient([running.url], { clock }).api;
      await hasty.check();
      void running.platform.silence({ path: "/template/send" }).then(() => clock.advance(5_000));
      await assert.rejects(
        hasty.sendTemplate(notice),
        (error: unknown) => upstream("wechat-timeout")(error) && (error as Upstream).retryable,
      );
      await hasty.sendTemplate(notice);
      assert.equal(received().filter(({ via }) => via === "template").length, 1);
      hasty.close();
      await running.platform.settle();
    });

    it("by template are refused to strangers, for unknown templates and for fields that are too long", async () => {
      await assert.rejects(api.sendTemplate(notice), upstream("wechat-not-follower", "switch-channel"));
      await assert.rejects(
        api.sendTemplate({ ...notice, templateId: "other" }),
        upstream("wechat-bad-call", "give-up"),
      );
      const long = { ...notice, data: { thing1: "很".repeat(21) } };
      await assert.rejects(api.sendTemplate(long), upstream("wechat-bad-call"));
    });

    it("by subscription arrive once for each consent, also without following", async () => {
      const { clientMsgId: _, ...subscription } = notice;
      await assert.rejects(api.sendSubscription(subscription), upstream("wechat-refused-by-person", "switch-channel"));
      await running.platform.consent("anna", "tpl-news", true);
      assert.match((await api.sendSubscription(subscription)).msgId ?? "", /^\d{18,}$/);
      await assert.rejects(api.sendSubscription(subscription), upstream("wechat-refused-by-person"));
      assert.equal(received().filter(({ via }) => via === "subscription").length, 1);
      await running.platform.settle();
    });
  });
});

describe("what may still be said", () => {
  const at = (ms: number) => new Date(Date.parse("2026-11-02T04:00:00Z") + ms);

  it("is five in 48 hours after a message and three in a minute after a click, scan or subscription", async () => {
    const quota = createQuota({ store: createMemoryQuotaStore() });
    assert.equal(await quota.take("anna", at(0)), false);
    for (const by of ["click", "scan", "subscribe"] as const) {
      await quota.opened(by, by, at(0));
      assert.equal(await quota.left(by, at(59_999)), 3);
      assert.equal(await quota.left(by, at(60_000)), 0);
      assert.equal(await quota.take(by, at(60_000)), false);
    }
    await quota.opened("anna", "message", at(0));
    const taken = await Promise.all(Array.from({ length: 8 }, () => quota.take("anna", at(1000))));
    assert.equal(taken.filter(Boolean).length, 5);
    await quota.opened("anna", "message", at(2000));
    assert.equal(await quota.left("anna", at(48 * HOUR_MS + 1999)), 5);
    assert.equal(await quota.left("anna", at(48 * HOUR_MS + 2000)), 0);
  });

  it("uses up the short window first, and an act that is told late does not shorten what is open", async () => {
    const quota = createQuota({ store: createMemoryQuotaStore() });
    await quota.opened("anna", "message", at(0));
    await quota.opened("anna", "click", at(0));
    assert.equal(await quota.left("anna", at(1)), 8);
    for (let i = 0; i < 3; i += 1) await quota.take("anna", at(1));
    assert.equal(await quota.left("anna", at(MINUTE_MS)), 5);
    await quota.opened("anna", "message", at(-HOUR_MS));
    assert.equal(await quota.left("anna", at(47.5 * HOUR_MS)), 5);
  });

  it("is counted before it is said, keeps a reserve where one is asked for, and is believed to be over when the platform says so", async () => {
    const quota = createQuota({ store: createMemoryQuotaStore() });
    const said: string[] = [];
    const say = (text: string) => async () => void said.push(text);
    const isClosed = (error: unknown) =>
      error instanceof Upstream && error.code === "wechat-window-closed" && error.details.action === "switch-channel";
    await assert.rejects(quota.send("anna", say("before"), { at: at(0) }), isClosed);
    await quota.opened("anna", "message", at(0));
    for (const text of ["one", "two", "three"]) await quota.send("anna", say(text), { at: at(1), reserve: 2 });
    await assert.rejects(quota.send("anna", say("reserved"), { at: at(1), reserve: 2 }), isClosed);
    await quota.send("anna", say("four"), { at: at(1) });
    assert.equal(await quota.left("anna", at(1)), 1);
    const refused = new Upstream("wechat-window-used-up", {}, false);
    await assert.rejects(
      quota.send("anna", () => Promise.reject(refused), { at: at(1) }),
      refused,
    );
    await quota.opened("bert", "message", at(0));
    await assert.rejects(
      quota.send("bert", () => Promise.reject(refused), { at: at(1) }),
      refused,
    );
    assert.equal(await quota.left("bert", at(1)), 0);
    assert.deepEqual(said, ["one", "two", "three", "four"]);
  });

  it("is nothing once the platform has said so, until his next act", async () => {
    const quota = createQuota({ store: createMemoryQuotaStore() });
    await quota.opened("anna", "message", at(0));
    await quota.closed("anna");
    assert.equal(await quota.take("anna", at(1)), false);
    await quota.opened("anna", "message", at(2));
    assert.equal(await quota.take("anna", at(3)), true);
  });
});
