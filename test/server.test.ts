import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { startApp, type TestApp } from "./support/app.ts";
import { closeDatabase } from "./support/database.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

/** 300 at once and five each second after that */
const MORE_THAN_ENOUGH = 600;
let dir: string;
let open: TestApp;
let behindProxy: TestApp;

before(async () => {
  dir = temporaryFolder("server");
  const file = join(dir, "config.yaml");
  await writeFile(file, "trustProxy: true\n");
  open = await startApp();
  behindProxy = await startApp({ env: { CONFIG_FILE: file } });
});
after(async () => {
  await behindProxy.stop();
  await open.stop();
  await closeDatabase();
});

async function signIn(app: TestApp, forwardedFor: string): Promise<number> {
  const headers = { "x-forwarded-for": forwardedFor };
  return (await fetch(`${app.url}/h5/signin`, { headers, redirect: "manual" })).status;
}

/** How many of these get through before the first is refused. */
async function untilRefused(app: TestApp, forwardedFor: (n: number) => string): Promise<number> {
  for (let n = 0; n < MORE_THAN_ENOUGH; n++) if ((await signIn(app, forwardedFor(n))) === 429) return n;
  return MORE_THAN_ENOUGH;
}

describe("the brake on sign-ins", () => {
  it("goes by the address that our own proxy added, whatever the caller wrote before it", async () => {
    assert.ok((await untilRefused(behindProxy, (n) => `10.0.0.${n % 200}, 203.0.113.1`)) < MORE_THAN_ENOUGH);
    assert.equal(await signIn(behindProxy, "203.0.113.2"), 303);
  });

  it("believes no header where no proxy is trusted", async () => {
    assert.ok((await untilRefused(open, (n) => `203.0.113.${n % 200}`)) < MORE_THAN_ENOUGH);
  });
});

describe("the stage of development", () => {
  it("is nowhere among the public files", async () => {
    const status = async (path: string) => (await fetch(open.url + path)).status;
    const assets = `/assets/${open.ctx.release.hash}`;
    assert.equal(await status(`${assets}/kuaichu.css`), 200);
    for (const path of ["samples/phone-1-scene.jpg", "simulator/simulator.js", "phone.js", "../simulator/phone.js"]) {
      assert.equal(await status(`${assets}/${path}`), 404);
      assert.ok([400, 404].includes(await status(`${assets}/${encodeURIComponent(path)}`)));
    }
    assert.equal(await status("/simulator/samples/phone-1-scene.jpg"), 200);
    assert.equal(await status("/simulator/assets/simulator.js"), 200);
    assert.equal(await status("/simulator/assets/phone.js"), 200);
  });
});

describe("a start that fails", () => {
  it("ends the process with code 1 and the reason, although its database is open", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const main = fileURLToPath(new URL("../src/main.js", import.meta.url));
    const PORT = String((taken.address() as AddressInfo).port);
    const env = { PATH: process.env["PATH"], PORT, DATA_DIR: join(dir, "data"), LOG_LEVEL: "silent" };
    const child = spawn(process.execPath, [main], { env, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    const [code] = await once(child, "close");
    taken.close();
    assert.equal(code, 1);
    assert.match(said, /EADDRINUSE/);
  });
});
