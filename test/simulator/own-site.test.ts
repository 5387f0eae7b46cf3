import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { after, before, describe, it } from "node:test";
import { sign } from "../../src/insurers/standard-webhooks.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";

const CONFIGURED = `whsec_${Buffer.alloc(32, 5).toString("base64")}`;
let app: TestApp;

before(async () => {
  app = await startApp({ env: { INSURER_PICC_SECRET: CONFIGURED } });
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

/** fetch sets the Host itself; the attacker's browser sends the name of the attacker's site. */
async function send(path: string, headers: Record<string, string>, method = "POST"): Promise<IncomingMessage> {
  const sent = request(`${app.url}${path}`, { method, headers });
  sent.end(method === "POST" ? "帮助" : undefined);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  answer.resume();
  return answer;
}
const statusOf = async (...call: Parameters<typeof send>) => (await send(...call)).statusCode;

const ACT = "/simulator/phones/1/acts/text";

describe("the simulator answers its own page only", () => {
  const paths = [
    ...[
      "/simulator",
      "/simulator/",
      "/simulator/state",
      ACT,
      "/simulator/desk/CPIC/KC-1-A",
      "/simulator/insurers/CPIC",
    ],
    ...[
      "/simulator/phones/1/web/h5",
      "/simulator/platform/cgi-bin/stable_token",
      "/Simulator/state",
      "/simulator/nothing",
    ],
  ];
  for (const path of paths) {
    it(`not for another name that leads here: ${path}`, async () => {
      for (const host of ["attacker.example", "localhost.attacker.example:8080", "127.0.0.1.attacker.example"]) {
        for (const method of ["GET", "POST"]) {
          assert.equal(await statusOf(path, { host }, method), 403, `${method} ${host}`);
          const forwarded = { host, "x-forwarded-host": new URL(app.url).host };
          assert.equal(await statusOf(path, forwarded, method), 403, `${method} ${host} forwarded`);
        }
      }
    });

    it(`not for a page of another site: ${path}`, async () => {
      const foreign = [
        { origin: "https://attacker.example" },
        { origin: "http://localhost:1" },
        { origin: "null" },
        { "sec-fetch-site": "cross-site" },
        { "sec-fetch-site": "same-site" },
        { origin: app.url, "sec-fetch-site": "cross-site" },
      ];
      for (const headers of foreign)
        for (const method of ["GET", "POST"])
          assert.equal(await statusOf(path, headers as never, method), 403, `${method} ${JSON.stringify(headers)}`);
    });
  }

  it("by each name of this machine, on its own page and without a page", async () => {
    const { port } = new URL(app.url);
    for (const name of ["localhost", "127.0.0.1", "[::1]"]) {
      const host = `${name}:${port}`;
      for (const more of [{}, { origin: `http://${host}` }, { "sec-fetch-site": "same-origin" }]) {
        assert.equal(await statusOf("/simulator/state", { host, ...more } as never, "GET"), 200);
        assert.equal(await statusOf("/simulator/phones/1/acts/scan", { host, ...more } as never), 200);
      }
    }
  });

  it("a link elsewhere may open the page in a window, and nothing but the page", async () => {
    const link = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
    assert.equal(await statusOf("/simulator", link, "GET"), 200);
    assert.equal(await statusOf("/simulator", { ...link, "sec-fetch-dest": "iframe" }, "GET"), 403);
    assert.equal(await statusOf("/simulator/phones/1/web/h5", link, "GET"), 403);
    assert.equal(await statusOf(ACT, link), 403);
  });

  it("keeps the drivers' pages under their own policy, and has one itself", async () => {
    const policyOf = async (path: string) =>
      (await fetch(`${app.url}${path}`, { redirect: "manual" })).headers.get("content-security-policy");
    assert.equal(await policyOf("/simulator/phones/1/web/h5/privacy"), await policyOf("/h5/privacy"));
    assert.match((await policyOf("/simulator")) ?? "", /script-src 'self'/);
  });
});

describe("an insurer whose secret is configured", () => {
  const desk = (code: string) =>
    fetch(`${app.url}/simulator/desk/${code}/KC20261102-000001-A`, {
      method: "POST",
      body: JSON.stringify({ status: "paid", occurredAt: app.clock.now().toISOString() }),
    });

  it("has no desk: nothing is signed with that secret", async () => {
    const refused = await desk("PICC");
    assert.deepEqual([refused.status, await refused.json()], [404, { error: "insurer-not-stood-in-for" }]);
    assert.equal((await desk("NONE")).status, 404);
    assert.deepEqual(((await (await desk("CPIC")).json()) as { body: { code: string } }).body.code, "claim-unknown");
  });

  it("takes no claims here either", async () => {
    const body = "{}";
    const headers = sign({ id: "m", timestamp: Date.now() / 1000, body, secrets: [CONFIGURED] });
    assert.equal((await fetch(`${app.url}/simulator/insurers/PICC`, { method: "POST", headers, body })).status, 404);
  });
});

describe("an account that is configured", () => {
  it("is unknown to the stand-in for the platform, and no push of the stand-in is taken", async () => {
    const account = { WECHAT_TOKEN: "token123", WECHAT_AES_KEY: "a".repeat(43), WECHAT_SECRET: "0123456789abcdef" };
    const real = await startApp({ env: { ...account, WECHAT_API_URL: "http://127.0.0.1:1" } });
    try {
      const { appid, secret } = real.config.wechat;
      const query = new URLSearchParams({ grant_type: "client_credential", appid, secret });
      const answer = await fetch(`${real.url}/simulator/platform/cgi-bin/token?${query}`);
      assert.equal(((await answer.json()) as { errcode: number }).errcode, 40013);
      const pushed = await fetch(`${real.url}/simulator/phones/1/acts/follow`, { method: "POST" });
      assert.deepEqual([pushed.status, await pushed.json()], [409, { error: "platform-not-stood-in-for" }]);
      assert.equal(real.simulator.platform.pushes.length, 0);
    } finally {
      await real.stop();
    }
  });
});
