import assert from "node:assert/strict";
import { afterEach, before, beforeEach, describe, it } from "node:test";
import jsQR from "jsqr";
import sharp from "sharp";
import { type Invalid, Upstream } from "../../../src/errors.ts";
import { NOTICE_FIELDS } from "../../../src/notices/notice-text.ts";
import type { WechatApi } from "../../../src/wechat/api/client.ts";
import { nextQuotaDay } from "../../../src/wechat/api/errcodes.ts";
import type { Menu } from "../../../src/wechat/api/menu.ts";
import { qrPng } from "../../../src/wechat/api/qr.ts";
import { NOON, standingClock } from "../../support/clocks.ts";
import { listen, type RunningPlatform, startPlatform, testAccount } from "../../support/platform-server.ts";
import { createTestClient } from "../../support/wechat-client.ts";
import { invalid, upstream } from "../../support/wechat-errors.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let jpeg: Buffer;
before(async () => {
  jpeg = await sharp({ create: { width: 64, height: 48, channels: 3, background: "#3a7" } })
    .jpeg()
    .toBuffer();
});

describe("calls of the platform's API", () => {
  let clock: ReturnType<typeof standingClock>;
  let running: RunningPlatform;
  let api: WechatApi;

  beforeEach(async () => {
    clock = standingClock(NOON);
    running = await startPlatform({ clock });
    running.platform.people.add("anna");
    api = createTestClient([running.url], { clock }).api;
  });
  afterEach(async () => {
    api.close();
    await running.close();
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

    it("are what their bytes are, whatever their type says", async () => {
      for (const type of ["text/plain", "text/jpeg", "application/json", "application/octet-stream", ""]) {
        const { id } = running.platform.putMedia(jpeg, type);
        assert.ok((await api.getMedia(id)).bytes.equals(jpeg), type);
      }
      const { id } = running.platform.putMedia(Buffer.from('{"video_url":"http://video.example/1"}'), "image/jpeg");
      await assert.rejects(api.getMedia(id), invalid("media-type", 415));
    });

    it("that come as a page or as nothing are a fault of the moment", async () => {
      const { id } = running.platform.putMedia(jpeg, "image/jpeg");
      const isOfTheMoment = (code: string) => (error: unknown) =>
        error instanceof Upstream && error.code === code && error.retryable && !error.details["refusesAccount"];
      running.platform.answerPage({ path: "/cgi-bin/media/get" });
      await assert.rejects(api.getMedia(id), isOfTheMoment("wechat-http"));
      for (const body of ["", "upstream connect error", "\ufeff \n<html></html>", "稍后再试"]) {
        const { id: text } = running.platform.putMedia(Buffer.from(body), "image/jpeg");
        await assert.rejects(api.getMedia(text), isOfTheMoment(body.includes("<") ? "wechat-http" : "wechat-no-file"));
      }
      assert.ok((await api.getMedia(id)).bytes.equals(jpeg));
      // the same page for the token that the next call needs
      running.platform.expireTokens();
      clock.advance(3 * HOUR_MS);
      running.platform.answerPage({ path: "/cgi-bin/stable_token" });
      await assert.rejects(api.getMedia(id), isOfTheMoment("wechat-http"));
      assert.ok((await api.getMedia(id)).bytes.equals(jpeg));
    });

    it("are known to be refused to the account until the limit's day is over, or one comes", async () => {
      const { id } = running.platform.putMedia(jpeg, "image/jpeg");
      const refused: [errcode: number, code: string, lastsMs: number][] = [
        [45009, "wechat-day-quota", 12 * HOUR_MS],
        [48001, "wechat-not-authorised", 15 * MINUTE_MS],
        [48004, "wechat-account-restricted", 15 * MINUTE_MS],
        [50002, "wechat-account-restricted", 15 * MINUTE_MS],
      ];
      for (const [errcode, code, lastsMs] of refused) {
        assert.equal(await api.mediaRefusal(), null);
        running.platform.fail({ path: "/cgi-bin/media/get", errcode });
        await assert.rejects(
          api.getMedia(id),
          (error) => error instanceof Upstream && !!error.details["refusesAccount"],
        );
        assert.equal(await api.mediaRefusal(), code);
        clock.advance(lastsMs - 1);
        assert.equal(await api.mediaRefusal(), code);
        clock.advance(1);
        assert.equal(await api.mediaRefusal(), null, code);
      }
      running.platform.fail({ path: "/cgi-bin/stable_token", errcode: 40164 });
      running.platform.expireTokens();
      clock.advance(3 * HOUR_MS);
      await assert.rejects(api.getMedia(id), upstream("wechat-ip-not-listed", "alert"));
      assert.equal(await api.mediaRefusal(), "wechat-ip-not-listed");
      await api.getMedia(id);
      assert.equal(await api.mediaRefusal(), null);
    });

    it("that trickle in, lie about their type or are elsewhere do not come in", async (t) => {
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
        let drops = 0;
        const drip = setInterval(() => {
          res.write(".");
          if (++drops === 3) clock.advance(20_000);
        }, 20);
        res.on("close", () => clearInterval(drip));
      });
      const client = createTestClient([odd.url], { clock }).api;
      t.after(async () => {
        client.close();
        await odd.close();
      });
      await assert.rejects(client.getMedia("m"), upstream("wechat-timeout"));
      await assert.rejects(client.getMedia("m"), upstream("wechat-media-gone"));
      await assert.rejects(client.getMedia("m"), upstream("wechat-http"));
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

    it("the account's templates are listed with their fields, and the platform says what it sees of our address", async () => {
      const other = await startPlatform({ clock, templates: ["news"] });
      const { api: theirs } = createTestClient([other.url], { clock });
      for (const listed of [await theirs.listTemplates(), await theirs.listSubscriptionTemplates()]) {
        assert.deepEqual(
          listed.map(({ id }) => id),
          ["news"],
        );
        for (const field of NOTICE_FIELDS) assert.ok(listed[0]?.content.includes(`{{${field}.DATA}}`), field);
      }
      assert.deepEqual(await theirs.checkCallback(), { addresses: ["127.0.0.1"], silent: 0 });
      other.platform.fail({ path: "/cgi-bin/callback/check", errcode: 40201 });
      assert.equal(await theirs.checkCallback(), null);
      theirs.close();
      await other.close();
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
