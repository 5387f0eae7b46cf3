import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../support/temporary-folder.ts";

const command = fileURLToPath(new URL("./audit.js", import.meta.url));
const BULK = "/-/npm/v1/security/advisories/bulk";

/** The answer of the registry's advisory service; null: it has none (405). */
let advisories: Record<string, object[]> | null = null;
let registry: Server;

before(async () => {
  registry = createServer((request, response) => {
    request.resume();
    const isBulk = request.url === BULK && request.method === "POST";
    response.statusCode = isBulk ? (advisories ? 200 : 405) : 404;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify((isBulk && advisories) || {}));
  });
  registry.listen(0, "127.0.0.1");
  await once(registry, "listening");
});

after(() => {
  registry.close();
  registry.closeAllConnections();
});

const cache = temporaryFolder("audit");

async function audit(...args: string[]): Promise<{ code: unknown; text: string }> {
  const { port } = registry.address() as AddressInfo;
  const env = {
    ...process.env,
    npm_config_registry: `http://127.0.0.1:${port}/`,
    npm_config_cache: cache,
    npm_config_fetch_retries: "0",
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [command, ...args], { env }, (error, stdout) =>
      resolve({ code: error?.code ?? 0, text: stdout }),
    );
  });
}

/** npm remembers an advisory by its number. */
const advisory = (severity: string, id: number) => ({
  koa: [{ id, url: "https://advisories.example/1", title: "An example", severity, vulnerable_versions: "*" }],
});

describe("npm run audit", () => {
  it("says that nothing was checked where no advisory service answers, and fails then only if told to", async () => {
    advisories = null;
    const calm = await audit();
    assert.equal(calm.code, 0);
    assert.match(calm.text, /^NOT CHECKED: no advisory service answers here \(.*405/);
    assert.equal((await audit("--strict")).code, 2);
  });

  it("is content with a service that knows of nothing", async () => {
    advisories = {};
    assert.deepEqual(await audit("--strict"), {
      code: 0,
      text: "0 packages with advisories, 0 of them high or critical\n",
    });
  });

  it("fails for a high advisory and names it; a moderate one is only named", async () => {
    advisories = advisory("high", 1);
    const high = await audit();
    assert.equal(high.code, 1);
    assert.match(high.text, /^high: koa .*An example https:\/\/advisories\.example\/1$/m);
    advisories = advisory("moderate", 2);
    const moderate = await audit();
    assert.equal(moderate.code, 0);
    assert.match(moderate.text, /^moderate: koa /m);
  });
});
