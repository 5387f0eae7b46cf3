import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { afterEach, beforeEach, describe, it } from "node:test";
import { inspect } from "node:util";
import { Upstream } from "../../../src/errors.ts";
import type { WechatApi } from "../../../src/wechat/api/client.ts";
import { NOON, standingClock } from "../../support/clocks.ts";
import { createTokenMemory } from "../../support/memory-token-store.ts";
import { closedUrl, listen, type RunningPlatform, startPlatform, testAccount } from "../../support/platform-server.ts";
import { createTestClient } from "../../support/wechat-client.ts";

const MINUTE_MS = 60_000;
const TOKEN = "/cgi-bin/stable_token";
const SEND = "/cgi-bin/message/custom/send";
const refused = (code: string, retryable?: boolean) => (error: unknown) => {
  assert.ok(error instanceof Upstream);
  assert.equal(error.code, code);
  if (retryable !== undefined) assert.equal(error.retryable, retryable);
  return true;
};

describe("the account's token", () => {
  let clock: ReturnType<typeof standingClock>;
  let running: RunningPlatform;
  let clients: WechatApi[] = [];
  const client = (options: Parameters<typeof createTestClient>[1] = {}, urls = [running.url]) => {
    const made = createTestClient(urls, { clock, ...options });
    clients.push(made.api);
    return made;
  };
  const tokenCalls = () => running.calls.filter((path) => path === TOKEN).length;

  beforeEach(async () => {
    clock = standingClock(NOON);
    running = await startPlatform({ clock });
    running.platform.people.add("anna");
  });
  afterEach(async () => {
    for (const api of clients) api.close();
    clients = [];
    await running.close();
  });

  it("is fetched once for callers in parallel and kept until five minutes before its end", async () => {
    const { api } = client();
    await Promise.all(Array.from({ length: 20 }, () => api.userInfo("anna")));
    assert.equal(tokenCalls(), 1);
    clock.advance(7200_000 - 5 * MINUTE_MS - 1000);
    await api.userInfo("anna");
    assert.equal(tokenCalls(), 1);
    clock.advance(1000);
    await Promise.all([api.userInfo("anna"), api.userInfo("anna")]);
    assert.equal(tokenCalls(), 2);
  });

  it("is fetched once for two processes that share one store", async () => {
    const memory = createTokenMemory(clock);
    const [one, two] = [client({ tokens: memory.owner() }), client({ tokens: memory.owner() })];
    await Promise.all([one.api.userInfo("anna"), two.api.userInfo("anna"), one.api.userInfo("anna")]);
    assert.equal(tokenCalls(), 1);
    running.platform.invalidateTokens();
    await Promise.all([one, two, one, two, one, two].map(({ api }) => api.userInfo("anna")));
    assert.equal(tokenCalls(), 2);
    assert.equal(memory.leases.size, 0);
  });

  it("is taken over from a process that died while it held the lease", async () => {
    const memory = createTokenMemory(clock);
    await memory.owner().lease("access_token", 30_000);
    const { api } = client({ tokens: memory.owner(), sleep: async (ms) => clock.advance(ms * 10) });
    assert.equal((await api.userInfo("anna")).openid, "anna");
  });

  it("is renewed once when the platform refuses it to many callers at the same time", async () => {
    const { api } = client();
    await api.check();
    running.platform.invalidateTokens();
    const people = await Promise.all(Array.from({ length: 15 }, () => api.userInfo("anna")));
    assert.equal(people.length, 15);
    assert.equal(tokenCalls(), 2);
    assert.equal(running.platform.issued.forced, 0);
  });

  it("is renewed when it has run out earlier than was said", async () => {
    const { api } = client();
    await api.check();
    running.platform.expireTokens();
    assert.equal((await api.userInfo("anna")).openid, "anna");
    assert.equal(tokenCalls(), 2);
  });

  it("is forced when the platform hands out the refused one again, at most once in 90 minutes", async () => {
    const { api } = client();
    await api.check();
    running.platform.invalidateTokens({ stuck: true });
    await Promise.all(Array.from({ length: 5 }, () => api.userInfo("anna")));
    assert.equal(running.platform.issued.forced, 1);

    running.platform.invalidateTokens({ stuck: true });
    await assert.rejects(api.userInfo("anna"), refused("wechat-token", true));
    const asked = tokenCalls();
    await assert.rejects(api.userInfo("anna"), refused("wechat-token"));
    assert.equal(tokenCalls(), asked, "backs off for half a minute");
    assert.equal(running.platform.issued.forced, 1);
    clock.advance(91 * MINUTE_MS);
    await api.userInfo("anna");
    assert.equal(running.platform.issued.forced, 2);
  });

  it("is never forced more than sixteen times a day", async () => {
    const memory = createTokenMemory(clock);
    const at = clock.now().getTime() - 100 * MINUTE_MS;
    const times = Array.from({ length: 16 }, (_, i) => at - (15 - i) * 85 * MINUTE_MS);
    const { api } = client({ tokens: memory.owner() });
    await api.check();
    await memory
      .owner()
      .save("access_token_forced", { value: times.join(","), fetchedAt: at, expiresAt: at + 1440 * MINUTE_MS });
    running.platform.invalidateTokens({ stuck: true });
    await assert.rejects(api.userInfo("anna"), refused("wechat-token"));
    assert.equal(running.platform.issued.forced, 0);
  });

  it("still serves in its last minutes while the platform cannot give another", async () => {
    const { api } = client();
    await api.check();
    clock.advance(7200_000 - 3 * MINUTE_MS);
    running.platform.answerStatus({ path: TOKEN, status: 503, times: 1 });
    assert.equal((await api.userInfo("anna")).openid, "anna");
  });

  it("names a wrong secret and an address that is not listed as matters for the operator", async () => {
    const wrong = client({ secret: "another-secret-altogether" });
    await assert.rejects(wrong.api.check(), (error: unknown) => {
      refused("wechat-credentials")(error);
      assert.equal((error as Upstream).details["action"], "alert");
      return true;
    });
    const unlisted = await listen((_req, res) => {
      res.end(
        '{"errcode":40164,"errmsg":"invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 65f0-aa11-bb22"}',
      );
    });
    await assert.rejects(client({}, [unlisted.url]).api.check(), (error: unknown) => {
      assert.deepEqual((error as Upstream).details, {
        path: TOKEN,
        action: "alert",
        errcode: 40164,
        rid: "65f0-aa11-bb22",
        ip: "203.0.113.7",
        refusesAccount: true,
      });
      return refused("wechat-ip-not-listed")(error);
    });
    await unlisted.close();
  });

  describe("and bad days", () => {
    beforeEach(async () => {
      await running.platform.follow("anna");
    });

    it("asks a busy platform again, each time later, and gives up after three more tries", async () => {
      const { api, slept } = client();
      running.platform.fail({ path: SEND, errcode: -1, times: 2 });
      await api.sendText("anna", "one");
      assert.deepEqual(slept, [300, 900]);
      running.platform.fail({ path: SEND, errcode: -1, times: 4 });
      await assert.rejects(api.sendText("anna", "two"), refused("wechat-busy", true));
      assert.deepEqual(slept, [300, 900, 300, 900, 2700]);
      const said = running.platform.inbox("anna").flatMap(({ via, text }) => (via === "customer" ? [text] : []));
      assert.deepEqual(said, ["one"]);
    });

    it("does not send again what may have arrived: a time-out is final", async () => {
      const { api } = client();
      await api.check();
      void running.platform.silence({ path: SEND }).then(() => clock.advance(5_000));
      await assert.rejects(api.sendText("anna", "once"), (error: unknown) => {
        assert.equal((error as Upstream).details["uncertain"], true);
        return refused("wechat-timeout", false)(error);
      });
      assert.equal(running.calls.filter((path) => path === SEND).length, 1);
      assert.equal(running.platform.inbox("anna").filter(({ text }) => text === "once").length, 1);
    });

    it("does not send again over a connection that was cut, nor to another host", async () => {
      const { api } = client({}, [running.url, running.url]);
      running.platform.drop({ path: SEND });
      await assert.rejects(api.sendText("anna", "once"), refused("wechat-broken", false));
      assert.equal(running.calls.filter((path) => path === SEND).length, 1);
    });

    it("goes to the next host when the first refuses the connection, and stays there for a while", async () => {
      const dead = await closedUrl();
      const { api, logged } = client({}, [dead, running.url]);
      await api.sendText("anna", "one");
      await api.sendText("anna", "two");
      const warned = () => logged.filter((line) => line.includes("wechat.host-silent")).length;
      assert.equal(warned(), 1);
      clock.advance(MINUTE_MS + 1);
      await api.userInfo("anna");
      assert.equal(warned(), 2);
    });

    it("goes to the next host after a time-out only with what can be asked twice", async () => {
      const mute = await listen(() => clock.advance(5_000));
      const { api } = client({}, [mute.url, running.url]);
      assert.equal((await api.userInfo("anna")).openid, "anna");
      clock.advance(MINUTE_MS + 1);
      await assert.rejects(api.sendText("anna", "x"), refused("wechat-timeout", false));
      await mute.close();
    });

    it("goes to the next host even with a message when the connection is never made", async () => {
      const swallows = createServer(() => clock.advance(2_500));
      await new Promise<void>((resolve) => {
        swallows.listen(0, "127.0.0.1", resolve);
      });
      // No TLS handshake will ever end there.
      const { port } = swallows.address() as AddressInfo;
      const { api } = client({}, [`https://127.0.0.1:${port}`, running.url]);
      await api.sendText("anna", "one");
      assert.equal(running.platform.inbox("anna").filter(({ text }) => text === "one").length, 1);
      swallows.close();
    });

    it("says so when no host can be reached", async () => {
      const { api } = client({}, [await closedUrl(), await closedUrl()]);
      await assert.rejects(api.sendText("anna", "x"), refused("wechat-unreachable", true));
    });

    it("does not take a web page, a redirect or a huge answer for an answer", async () => {
      const answers: Array<[number, string]> = [
        [200, "<html>login</html>"],
        [302, ""],
        [500, "{}"],
        [200, '{"access_token": 5}'],
        [200, "x".repeat(2_000_000)],
      ];
      let next = 0;
      const odd = await listen((_req, res) => {
        const [status, body] = answers[next++] ?? [200, ""];
        res.writeHead(status, { location: running.url, "content-type": "application/json" }).end(body);
      });
      const { api } = client({}, [odd.url]);
      const garbled = refused("wechat-garbled", false);
      await assert.rejects(api.check(), refused("wechat-http"));
      await assert.rejects(api.check(), refused("wechat-http"));
      await assert.rejects(api.check(), refused("wechat-http"));
      await assert.rejects(api.check(), garbled);
      await assert.rejects(api.check(), refused("wechat-answer-too-large", false));
      await odd.close();
    });
  });

  it("and the secret never reach the log or an error", async () => {
    const memory = createTokenMemory(clock);
    const { api, logged } = client({ tokens: memory.owner() }, [await closedUrl(), running.url]);
    const errors: unknown[] = [];
    const attempt = (doing: Promise<unknown>) => doing.catch((error: unknown) => errors.push(error));
    await running.platform.follow("anna");
    await attempt(api.userInfo("nobody"));
    void running.platform.silence({ path: SEND }).then(() => clock.advance(5_000));
    await attempt(api.sendText("anna", "private words"));
    running.platform.drop({ path: SEND });
    await attempt(api.sendText("anna", "private words"));
    await attempt(api.exchangeCode("spent-code"));
    running.platform.answerStatus({ path: "/sns/oauth2/access_token", status: 502 });
    await attempt(api.exchangeCode("spent-code"));
    running.platform.invalidateTokens({ stuck: true });
    await attempt(api.jsSdkConfig("https://kuaichu.example/"));
    running.platform.invalidateTokens({ stuck: true });
    await attempt(api.userInfo("anna"));
    assert.equal(errors.length, 6);
    const text = `${logged.join("")}${errors.map((error) => inspect(error, { depth: 12, showHidden: true })).join("")}`;
    const secrets = [testAccount.secret, "anna", "private words", "spent-code"];
    for (const { value } of memory.tokens.values()) secrets.push(value);
    for (const secret of secrets) assert.ok(!text.includes(secret), "a secret or a person's data was written down");
    assert.match(text, /"rid":"[0-9a-f-]{20,}"/);
  });
});
