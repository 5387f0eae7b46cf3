import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Invalid, NotAllowed } from "../../../src/errors.ts";
import type { WechatApi } from "../../../src/wechat/api/client.ts";
import { jsSdkSignature } from "../../../src/wechat/api/js-sdk.ts";
import { NOON, standingClock } from "../../support/clocks.ts";
import { type RunningPlatform, startPlatform, testAccount } from "../../support/platform-server.ts";
import { createTestClient } from "../../support/wechat-client.ts";
import { invalid } from "../../support/wechat-errors.ts";

const MINUTE_MS = 60_000;

describe("authorisation", () => {
  let clock: ReturnType<typeof standingClock>;
  let running: RunningPlatform;
  let api: WechatApi;

  before(async () => {
    clock = standingClock(NOON);
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
