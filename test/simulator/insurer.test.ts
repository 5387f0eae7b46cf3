import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import Koa from "koa";
import { sign } from "../../src/insurers/standard-webhooks.ts";
import { createInsurerStandIn, type InsurerStandIn } from "../../src/simulator/insurer/stand-in.ts";
import { NOON, standingClock } from "../support/clocks.ts";
import { listen, type RunningServer } from "../support/platform-server.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const clock = standingClock(NOON);
let server: RunningServer;
let standIn: InsurerStandIn;

before(async () => {
  standIn = createInsurerStandIn({
    insurers: [{ code: "PICC", secrets: [secret] }],
    appUrl: () => server.url,
    now: clock.now,
  });
  const app = new Koa();
  app.silent = true;
  app.use(standIn.router.routes());
  server = await listen(app.callback());
});
afterEach(() => standIn.setMode("PICC", { kind: "normal" }));
after(async () => {
  standIn.close();
  await server.close();
});

async function post(id: string, { body = '{"data":{"claimRef":"KC-1-A"}}', secrets = [secret], code = "PICC" } = {}) {
  const headers = sign({ id, timestamp: clock.now().getTime() / 1000, body, secrets });
  const response = await fetch(`${server.url}/simulator/insurers/${code}`, { method: "POST", headers, body });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

describe("the stand-in for an insurer", () => {
  it("takes a claim once, keeps it with headers and bytes, and names its number", async () => {
    const first = await post("msg_1");
    assert.deepEqual([first.status, first.body], [200, { accepted: true, insurerClaimNo: "PICC-KC-1-A" }]);
    assert.deepEqual((await post("msg_1")).body, { accepted: true, insurerClaimNo: "PICC-KC-1-A", duplicate: true });
    const [claim, ...others] = standIn.inbox("PICC");
    assert.equal(others.length, 0);
    assert.deepEqual([claim?.ref, claim?.deliveries, claim?.body], ["KC-1-A", 2, '{"data":{"claimRef":"KC-1-A"}}']);
    assert.equal(claim?.headers["webhook-id"], "msg_1");
    assert.equal(standIn.find("KC-1-A"), claim);
    assert.equal(standIn.find("KC-2-A"), null);
    assert.deepEqual(standIn.inbox("PAIC"), []);
  });

  it("refuses a wrong signature and knows no other insurers", async () => {
    const before = standIn.refused();
    const refused = await post("msg_2", { secrets: ["whsec_51TKyHBy5KFY1Ab98GQ8V60BkWnejkWy"] });
    assert.deepEqual([refused.status, refused.body], [401, { accepted: false, error: { code: "sign-check-failure" } }]);
    assert.equal(standIn.refused(), before + 1);
    assert.equal((await post("msg_2", { code: "NONE" })).status, 404);
    assert.equal(
      standIn.inbox().some(({ id }) => id === "msg_2"),
      false,
    );
  });

  it("behaves as it is told, for as many requests as it is told", async () => {
    standIn.setMode("PICC", { kind: "status", status: 429, retryAfter: "7" }, 1);
    const throttled = await post("msg_3");
    assert.deepEqual([throttled.status, throttled.headers.get("retry-after")], [429, "7"]);
    assert.equal((await post("msg_3")).status, 200);
    standIn.setMode("PICC", { kind: "error-in-200", code: "policy_not_found" }, 1);
    assert.deepEqual((await post("msg_4")).body, { success: false, responseCode: "policy_not_found" });
    standIn.setMode("PICC", { kind: "down" }, 1);
    await assert.rejects(post("msg_5"));
    standIn.setMode("PICC", { kind: "ack-lost" }, 1);
    await assert.rejects(post("msg_6"));
    const taken = standIn.inbox().map(({ id }) => id);
    assert.deepEqual(
      ["msg_3", "msg_4", "msg_5", "msg_6"].filter((id) => taken.includes(id)),
      ["msg_3", "msg_6"],
    );
    standIn.setMode("PICC", { kind: "oversized", bytes: 100_000 }, 1);
    assert.equal(((await post("msg_7")).body.filler as string).length, 100_000);
    assert.deepEqual(standIn.modeOf("PICC"), { kind: "normal" });
    assert.deepEqual(standIn.arrivals("PICC").slice(-1), [{ code: "PICC", id: "msg_7", mode: "oversized" }]);
  });
});
