import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import jsQR from "jsqr";
import sharp from "sharp";
import { Invalid, NotAllowed, Upstream } from "../../../src/errors.ts";
import type { WechatApi } from "../../../src/wechat/api/client.ts";
import { errcodeRule, nextQuotaDay } from "../../../src/wechat/api/errcodes.ts";
import { jsSdkSignature } from "../../../src/wechat/api/js-sdk.ts";
import type { Menu } from "../../../src/wechat/api/menu.ts";
import { qrPng } from "../../../src/wechat/api/qr.ts";
import { createQuota } from "../../../src/wechat/api/quota.ts";
import { createMemoryQuotaStore } from "../../support/memory-quota-store.ts";
import {
  createManualClock,
  listen,
  type RunningPlatform,
  type RunningServer,
  startPlatform,
  testAccount,
} from "../../support/platform-server.ts";
import { createTestClient } from "../../support/wechat-client.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const upstream = (code: string, action?: string) => (error: unknown) => {
  assert.ok(error instanceof Upstream, String(error));
  assert.equal(error.code, code);
  if (action) assert.equal(error.details["action"], action);
  return true;
};
const invalid = (code: string, status: number) => (error: unknown) =>
  error instanceof Invalid && error.code === code && error.status === status;

let jpeg: Buffer;
before(async () => {
  jpeg = await sharp({ create: { width: 64, height: 48, channels: 3, background: "#3a7" } })
    .jpeg()
    .toBuffer();
});

describe("calls of the platform's API", () => {
  let clock: ReturnType<typeof createManualClock>;
  let running: RunningPlatform;
  let api: WechatApi;

  beforeEach(async () => {
    clock = createManualClock();
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
      const hasty = createTestClient([running.url], { clock, timeoutMs: 500 }).api;
      await hasty.check();
      running.platform.silence({ path: "/template/send" });
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

  describe("media", () => {
    it("go up and come down unchanged, and are gone after three days", async () => {
      const { mediaId } = await api.uploadImage({ bytes: jpeg, filename: "协议.jpg", contentType: "image/jpeg" });
      const got = await api.getMedia(mediaId);
      assert.equal(got.contentType, "image/jpeg");
      assert.ok(got.bytes.equals(jpeg));
      clock.advance(3 * 24 * HOUR_MS);
      // The platform reports it as text, with HTTP 200.
      await assert.rejects(api.getMedia(mediaId), upstream("wechat-media-gone", "ask-again"));
    });

    it("are refused when they are too large to send or to take", async () => {
      const bytes = Buffer.alloc(2_000_001);
      await assert.rejects(
        api.uploadImage({ bytes, filename: "a.png", contentType: "image/png" }),
        invalid("media-too-large", 413),
      );
      const { id } = running.platform.putMedia(Buffer.alloc(5000), "image/jpeg");
      await assert.rejects(api.getMedia(id, { maxBytes: 4999 }), invalid("media-too-large", 413));
      assert.equal((await api.getMedia(id, { maxBytes: 5000 })).bytes.length, 5000);
    });

    it("of another kind than pictures are refused", async () => {
      const { id } = running.platform.putMedia(Buffer.from("#!AMR"), "audio/amr");
      await assert.rejects(api.getMedia(id), invalid("media-type", 415));
      assert.equal((await api.getMedia(id, { accept: /^audio\// })).contentType, "audio/amr");
    });

    it("that trickle in, lie about their type or are elsewhere do not come in", async () => {
      const answers = ["trickle", "liar", "elsewhere"];
      const odd = await listen((req, res) => {
        if (req.url?.startsWith("/cgi-bin/stable_token")) {
          res.end(JSON.stringify({ access_token: "t".repeat(100), expires_in: 7200 }));
          return;
        }
        const kind = answers.shift();
        if (kind === "elsewhere") res.writeHead(302, { location: `${running.url}/pic/1` }).end();
        if (kind === "liar")
          res.writeHead(200, { "content-type": "image/jpeg" }).end('{"errcode":40007,"errmsg":"no"}');
        if (kind !== "trickle") return;
        res.writeHead(200, { "content-type": "image/jpeg" });
        const drip = setInterval(() => res.write("."), 20);
        res.on("close", () => clearInterval(drip));
      });
      const client = createTestClient([odd.url], { clock }).api;
      await assert.rejects(client.getMedia("m", { timeoutMs: 300 }), upstream("wechat-timeout"));
      await assert.rejects(client.getMedia("m"), upstream("wechat-media-gone"));
      await assert.rejects(client.getMedia("m"), upstream("wechat-http"));
      client.close();
      await odd.close();
    });
  });

  describe("scene codes", () => {
    it("bring their scene, run out, and are drawn here", async () => {
      const qr = await api.createQr({ scene: "invite-Zx9", expireSeconds: 1800 });
      assert.equal(qr.expiresAt.getTime() - clock.now().getTime(), 1800_000);
      const png = await qrPng(qr.url);
      const { data, info } = await sharp(png).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
      assert.equal(jsQR.default(new Uint8ClampedArray(data), info.width, info.height)?.data, qr.url);
      const shown = await fetch(api.qrImageUrl(qr.ticket));
      assert.equal(shown.headers.get("content-type"), "image/png");
      await shown.arrayBuffer();
      assert.equal(running.platform.qrs()[0]?.scene, "invite-Zx9");
      clock.advance(1800_000);
      assert.equal(await running.platform.scan("anna", qr.url), null);
    });

    it("take only what fits into a scene", async () => {
      for (const scene of ["", "x".repeat(65), "two words", "场景"]) {
        await assert.rejects(api.createQr({ scene, expireSeconds: 60 }), invalid("qr-scene", 422));
      }
    });

    it("name the platform's own hosts when the client talks to the platform itself", () => {
      const real = createTestClient(["https://api.weixin.qq.com"]).api;
      assert.equal(real.qrImageUrl("a+b="), "https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket=a%2Bb%3D");
      const url = real.authorizeUrl({ redirectUri: "https://kuaichu.example/h5/in?a=1&b=2", state: "n0nce" });
      assert.equal(
        url,
        `https://open.weixin.qq.com/connect/oauth2/authorize?appid=${testAccount.appid}` +
          "&redirect_uri=https%3A%2F%2Fkuaichu.example%2Fh5%2Fin%3Fa%3D1%26b%3D2&response_type=code&scope=snsapi_base" +
          "&state=n0nce#wechat_redirect",
      );
    });
  });

  describe("menu and people", () => {
    const menu: Menu = {
      button: [
        { name: "处理事故", type: "click", key: "start" },
        { name: "更多", sub_button: [{ name: "进度", type: "view", url: "https://kuaichu.example/h5" }] },
      ],
    };

    it("a menu is made, read and taken away", async () => {
      assert.equal(await api.getMenu(), null);
      await api.createMenu(menu);
      assert.deepEqual(await api.getMenu(), menu);
      await api.deleteMenu();
      assert.equal(await api.getMenu(), null);
    });

    it("a menu that the platform would refuse is refused here, by its field", async () => {
      const long: Menu = { button: [{ name: "六个汉字太长", type: "click", key: "k" }] };
      await assert.rejects(api.createMenu(long), (error: unknown) => {
        assert.ok(invalid("menu", 422)(error));
        assert.match(String((error as Invalid).details["field"]), /^button\.0/);
        return true;
      });
      await assert.rejects(api.createMenu({ button: [] }), invalid("menu", 422));
      assert.ok(!running.calls.includes("/cgi-bin/menu/create"));
    });

    it("a person is known as follower or not", async () => {
      assert.equal((await api.userInfo("anna")).subscribed, false);
      await running.platform.follow("anna");
      const { subscribed, subscribedAt } = await api.userInfo("anna");
      assert.deepEqual({ subscribed, subscribedAt }, { subscribed: true, subscribedAt: clock.now() });
      await running.platform.unfollow("anna");
      assert.equal((await api.userInfo("anna")).subscribed, false);
    });
  });

  describe("OCR", () => {
    it("suggests what the papers of the one who acted last say", async () => {
      await running.platform.follow("anna");
      const { papers } = running.platform.people.get("anna");
      const vehicle = await api.readVehicleLicence(jpeg);
      assert.equal(vehicle?.plate, papers.plate);
      assert.equal(vehicle?.vin, papers.vin);
      assert.equal((await api.readDriverLicence(jpeg))?.number, papers.idNumber);
      assert.deepEqual(await api.readIdCard(jpeg), {
        side: "front",
        name: papers.name,
        number: papers.idNumber,
        validDate: "",
      });
    });

    it("says nothing instead of failing: no picture, no quota at the platform, no platform", async () => {
      await running.platform.follow("anna");
      assert.equal(await api.readIdCard(Buffer.from("not a picture")), null);
      assert.equal(await api.readIdCard(Buffer.alloc(2_000_001)), null);
      running.platform.fail({ path: "/cv/ocr/idcard", errcode: 101002 });
      assert.equal(await api.readIdCard(jpeg), null);
      running.platform.answerStatus({ path: "/cv/ocr/idcard", status: 500 });
      assert.equal(await api.readIdCard(jpeg), null);
    });

    it("is asked no more than its daily number for all kinds together, until the next day in Beijing", async () => {
      await running.platform.follow("anna");
      const counted = createTestClient([running.url], { clock, ocrPerDay: 2 }).api;
      assert.ok(await counted.readIdCard(jpeg));
      assert.ok(await counted.readVehicleLicence(jpeg));
      assert.equal(await counted.readDriverLicence(jpeg), null);
      assert.equal(nextQuotaDay(clock.now().getTime()), Date.parse("2026-11-02T16:00:00Z"));
      clock.advance(12 * HOUR_MS);
      assert.ok(await counted.readDriverLicence(jpeg));
      counted.close();
    });
  });
});

describe("authorisation", () => {
  let clock: ReturnType<typeof createManualClock>;
  let running: RunningPlatform;
  let api: WechatApi;

  before(async () => {
    clock = createManualClock();
    running = await startPlatform({ clock, appUrl: "https://kuaichu.example" });
    running.platform.people.add("anna");
    api = createTestClient([running.url], { clock }).api;
  });
  after(async () => {
    api.close();
    await running.close();
  });

  async function visit(order: { redirectUri?: string; phone?: string; tail?: string } = {}) {
    const { redirectUri = "https://kuaichu.example/h5/in?next=2", phone = "anna", tail = "" } = order;
    const url = api.authorizeUrl({ redirectUri, state: "abc123" }).replace("#", `${tail}#`);
    const answer = await fetch(url, { redirect: "manual", headers: phone ? { cookie: `phone=${phone}` } : {} });
    await answer.arrayBuffer();
    return { status: answer.status, to: new URL(answer.headers.get("location") ?? "none:") };
  }

  it("tells who came back, once for each code", async () => {
    const { status, to } = await visit();
    assert.equal(status, 302);
    assert.equal(to.searchParams.get("state"), "abc123");
    assert.equal(to.searchParams.get("next"), "2");
    const code = to.searchParams.get("code") ?? "";
    assert.deepEqual(await api.exchangeCode(code), { openid: "anna", unionid: null });
    await assert.rejects(api.exchangeCode(code), invalid("oauth-code", 422));
  });

  it("does not take a code that is unknown, out of form or older than five minutes", async () => {
    await assert.rejects(api.exchangeCode("f".repeat(32)), invalid("oauth-code", 422));
    const calls = running.calls.length;
    await assert.rejects(api.exchangeCode("a&appid=x"), invalid("oauth-code", 422));
    assert.equal(running.calls.length, calls);
    const { to } = await visit();
    clock.advance(5 * MINUTE_MS);
    await assert.rejects(api.exchangeCode(to.searchParams.get("code") ?? ""), invalid("oauth-code", 422));
  });

  it("needs a phone, our own host and the platform's order of parameters", async () => {
    assert.equal((await visit({ phone: "" })).status, 400);
    assert.equal((await visit({ redirectUri: "https://elsewhere.example/" })).status, 400);
    assert.equal((await visit({ tail: "&extra=1" })).status, 400);
    assert.throws(() => api.authorizeUrl({ redirectUri: "https://kuaichu.example", state: "a-b" }), Invalid);
  });
});

describe("JS-SDK signatures", () => {
  // The example of the platform's appendix on signatures, in its two editions.
  const ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg";
  const vectors = [
    { url: "http://mp.weixin.qq.com?params=value", signature: "0f9de62fce790f9a083d5c99e95740ceb90c27ed" },
    { url: "http://mp.weixin.qq.com", signature: "f4d90daf4b3bca3078ab155816175ba34c443a7b" },
  ];

  for (const { url, signature } of vectors) {
    it(`are the platform's for ${url}`, () => {
      const signed = { ticket, nonceStr: "Wm3WZYTPz0wzccnW", timestamp: 1414587457 };
      assert.equal(jsSdkSignature({ ...signed, url }), signature);
      assert.equal(jsSdkSignature({ ...signed, url: `${url}#top` }), signature);
    });
  }

  it("are made for our own pages only, with one ticket for all", async () => {
    const running = await startPlatform();
    const { api } = createTestClient([running.url]);
    const configs = await Promise.all(
      ["", "/h5/photos?step=2", "/h5/%E4%BA%8B?a=b#x"].map((rest) => api.jsSdkConfig(`https://kuaichu.example${rest}`)),
    );
    assert.equal(running.platform.issued.tickets, 1);
    assert.equal(new Set(configs.map(({ nonceStr }) => nonceStr)).size, 3);
    for (const { appId, signature, timestamp } of configs) {
      assert.equal(appId, testAccount.appid);
      assert.match(signature, /^[0-9a-f]{40}$/);
      assert.equal(timestamp, Date.parse("2026-11-02T04:00:00Z") / 1000);
    }
    const foreign = [
      "http://kuaichu.example/",
      "https://kuaichu.example:8443/",
      "https://kuaichu.example.evil.example/",
      "https://kuaichu.example@evil.example/",
      "https://me@kuaichu.example/",
      "https://evil.example\\@kuaichu.example/",
      "https://kuaichu.example/\n",
      "javascript:1",
      "",
    ];
    for (const url of foreign) await assert.rejects(api.jsSdkConfig(url), NotAllowed, url);
    api.close();
    await running.close();
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

  it("is nothing once the platform has said so, until his next act", async () => {
    const quota = createQuota({ store: createMemoryQuotaStore() });
    await quota.opened("anna", "message", at(0));
    await quota.closed("anna");
    assert.equal(await quota.take("anna", at(1)), false);
    await quota.opened("anna", "message", at(2));
    assert.equal(await quota.take("anna", at(3)), true);
  });
});

describe("the table of errcodes", () => {
  it("gives each of the platform's codes its action", () => {
    const expected: Record<string, number[]> = {
      retry: [-1],
      refresh: [40001, 40014, 42001],
      "restart-oauth": [40029, 40163, 42003],
      "ask-again": [40007],
      "switch-channel": [45015, 45047, 43004, 43101, 43005, 48002],
      "forget-person": [40003, 43019],
      "slow-down": [45011],
      "wait-tomorrow": [45009],
      shrink: [45001, 45002],
      "feature-off": [48001],
      alert: [40013, 40125, 41004, 40164, 89503, 48004, 50002],
      "give-up": [40037, 47001, 47003, 99999],
    };
    for (const [action, errcodes] of Object.entries(expected)) {
      for (const errcode of errcodes) assert.equal(errcodeRule(errcode).action, action, String(errcode));
    }
  });

  it("tells when a quota that is used up begins anew", async () => {
    let server: RunningServer | undefined;
    try {
      const codes = [45009, 45011];
      server = await listen((req, res) => {
        const isToken = req.url?.startsWith("/cgi-bin/stable_token");
        const token = { access_token: "t".repeat(100), expires_in: 7200 };
        res.end(JSON.stringify(isToken ? token : { errcode: codes.shift(), errmsg: "no" }));
      });
      const { api } = createTestClient([server.url]);
      const retryAt = async () => {
        const error: unknown = await api.sendText("anna", "x").catch((caught: unknown) => caught);
        assert.ok(error instanceof Upstream && error.retryable);
        return (error.details["retryAt"] as Date).toISOString();
      };
      assert.equal(await retryAt(), "2026-11-02T16:00:00.000Z");
      assert.equal(await retryAt(), "2026-11-02T04:01:00.000Z");
      api.close();
    } finally {
      await server?.close();
    }
  });
});
