import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { before, beforeEach, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { loadConfig } from "../../src/config.ts";
import { startEmbedded } from "../../src/embedded/embedded.ts";
import { type RunningPlatform, startPlatform, testAccount } from "../support/platform-server.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const COMMAND = fileURLToPath(new URL("../../src/chat/menu-command.js", import.meta.url));
const root = fileURLToPath(new URL("../../../", import.meta.url));

describe("npm run menu", () => {
  let dataDir: string;
  let running: RunningPlatform;

  before(async () => {
    dataDir = temporaryFolder("menu");
  });
  beforeEach(async () => {
    running = await startPlatform({ clock: { now: () => new Date() } });
  });

  const envOf = (more: Record<string, string> = {}) => ({
    DATA_DIR: dataDir,
    SIMULATOR: "true",
    WECHAT_API_URL: running.url,
    WECHAT_APPID: testAccount.appid,
    WECHAT_SECRET: testAccount.secret,
    LOG_LEVEL: "info",
    ...more,
  });
  const run = (env: Record<string, string>) => promisify(execFile)(process.execPath, [COMMAND], { env, cwd: root });

  it("puts the menu of config/menu.yaml on the account, beside a running server, too, and prints it without its log", async () => {
    const { menu } = await loadConfig(envOf());
    const server = await startEmbedded({ dir: join(dataDir, "database") });
    for (const end of [() => server.close(), () => running.close()]) {
      const { stdout } = await run(envOf());
      assert.equal(stdout, `${menu.button.map(({ name }) => name).join(" | ")}\n`);
      assert.deepEqual(running.platform.menu(), menu);
      await end();
    }
  });

  it("ends with an error that names what is wrong and no secret, when the platform refuses", async () => {
    const failed = await run(envOf({ WECHAT_SECRET: "another-secret-altogether" })).catch((error) => error);
    assert.equal(failed.code, 1);
    assert.match(failed.stderr, /wechat-credentials/);
    assert.doesNotMatch(failed.stderr, /another-secret-altogether/);
    await running.close();
  });
});
