import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { afterEach, describe, it } from "node:test";
import type { Account } from "../../src/simulator/platform/account.ts";
import { APOLOGY } from "../../src/simulator/platform/push.ts";
import { textOf, toXml } from "../../src/simulator/platform/wire.ts";
import { NOON, standingClock } from "../support/clocks.ts";
import { cryptor, FakeApp, outerOf, sealedReply, textReply } from "../support/fake-app.ts";
import { type RunningPlatform, startPlatform, testAccount } from "../support/platform-server.ts";

describe("the platform's stand-in", () => {
  const clock = standingClock(NOON);
  let app = new FakeApp();
  let running: RunningPlatform | undefined;

  async function start(account: Partial<Account> = {}, answerMs = 5_000) {
    running = await startPlatform({ clock, timer: clock, appUrl: await app.start(), account, answerMs });
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
      app.onSilence = () => clock.advance(300);
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
});
