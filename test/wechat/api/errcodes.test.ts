import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Upstream } from "../../../src/errors.ts";
import { errcodeRule } from "../../../src/wechat/api/errcodes.ts";
import { listen, type RunningServer } from "../../support/platform-server.ts";
import { createTestClient } from "../../support/wechat-client.ts";

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
