import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import type { Account } from "../../src/simulator/platform/account.ts";
import { createPlatform } from "../../src/simulator/platform/platform.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";

const MODES = ["plain", "compatible", "safe"] as const;
const FORMATS = ["xml", "json"] as const;
/** In its own mode and in a stronger one; never in a weaker one. */
const isTaken = (ours: Account["mode"], sent: Account["mode"]) => MODES.indexOf(sent) >= MODES.indexOf(ours);

/** Another platform that pushes to the app: set to a mode and a format of its own, impatient. */
function platformOf(app: TestApp, { mode, format }: Pick<Account, "mode" | "format">) {
  const account = { ...app.config.wechat, mode, format };
  return createPlatform({
    account,
    urls: { app: () => app.url, platform: () => "" },
    clock: app.clock,
    answerMs: 1_000,
  });
}

describe("a push to the whole system", () => {
  after(closeDatabase);

  for (const ours of MODES)
    it(`set to ${ours} mode is answered, as XML and as JSON, unless it is weaker`, async () => {
      const app = await startApp({ env: { WECHAT_MODE: ours } });
      const sent = MODES.flatMap((mode) => FORMATS.map((format) => ({ mode, format })));
      await Promise.all(
        sent.map(async ({ mode, format }) => {
          const platform = platformOf(app, { mode, format });
          const openid = `o_${mode}_${format}`;
          platform.people.add(openid).follows = true;
          const { outcome, why } = await platform.sendText(openid, "人工");
          const shown = platform.inbox(openid).map(({ via, text }) => `${via} ${text}`);
          const what = `${mode} ${format}: ${outcome} ${why ?? ""}`;
          if (isTaken(ours, mode)) assert.match(shown.join(), /^passive .*12345/, what);
          else assert.deepEqual([outcome, why], ["failed", "status 401"], what);
        }),
      );
      await app.stop();
    });
});
