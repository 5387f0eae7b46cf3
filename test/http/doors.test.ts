import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type Koa from "koa";
import { probeBody } from "../../src/doctor/probe-body.ts";
import { rememberLanguage } from "../../src/http/language-cookie.ts";
import { doorHeaders } from "../../src/http/security-headers.ts";
import { PROBE_HEADER, signProbe } from "../../src/http/signed-probe.ts";
import { SYSTEM_TIMER } from "../../src/timer.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const FILE = "MP_verify_RSfXtFCgJP7kcOwN.txt";

describe("every door", () => {
  let app: TestApp;
  before(async () => {
    const file = join(temporaryFolder("doors"), "config.yaml");
    await writeFile(file, "trustProxy: true\n");
    app = await startApp({ env: { WECHAT_VERIFY_FILE: FILE, CONFIG_FILE: file, SIMULATOR: "true" } });
  });
  after(async () => {
    await app.stop();
    await closeDatabase();
  });

  it("says that an answer is what it says it is", async () => {
    for (const path of [
      "/wechat",
      "/api/schemas/x",
      "/api/evidence/a/b",
      "/healthz",
      "/readyz",
      `/${FILE}`,
      "/h5/privacy",
    ])
      assert.equal((await fetch(app.url + path)).headers.get("x-content-type-options"), "nosniff", path);
  });

  it("leads who types the bare address to where something begins", async () => {
    const answer = await fetch(`${app.url}/`, { redirect: "manual" });
    assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/simulator"]);
    assert.equal((await fetch(`${app.url}/`, { method: "POST" })).status, 404);
  });

  it("lists the schemas of the messages to insurers and from them", async () => {
    for (const path of ["/api/schemas", "/api/schemas/"]) {
      const { schemas } = (await (await fetch(app.url + path)).json()) as { schemas: string[] };
      for (const schema of schemas) assert.equal((await fetch(schema)).status, 200, schema);
      assert.equal(schemas.length, 4);
    }
  });

  it("lets the doctor send a body as large as a form's, and reads none of anybody else", async () => {
    const probe = { bytes: 80 * 1024 * 1024, timer: SYSTEM_TIMER, ms: 60_000 };
    const send = (value: string) =>
      probeBody(new URL("/api/probe", app.url), { ...probe, headers: { [PROBE_HEADER]: value } });
    const { session } = app.config.keys;
    const { status, isOurs, sent } = await send(signProbe(session, app.clock.now()));
    assert.deepEqual([status, isOurs, sent], [200, true, probe.bytes]);
    const late = new Date(app.clock.now().getTime() - 301_000);
    for (const value of ["", "1.x", signProbe(randomBytes(32), app.clock.now()), signProbe(session, late)])
      assert.equal((await send(value)).status, 404, value);
  });

  it("asks browsers to come by https where the address is https", async () => {
    for (const [publicUrl, expected] of [
      ["https://kuaichu.example", "max-age=31536000; includeSubDomains"],
      ["http://localhost:8080", undefined],
    ] as const) {
      const set: Record<string, string> = {};
      const koa = { set: (headers: Record<string, string>) => Object.assign(set, headers) } as unknown as Koa.Context;
      await doorHeaders({ config: { publicUrl } as never })(koa, async () => {});
      assert.equal(set["Strict-Transport-Security"], expected);
    }
  });

  it("serves the platform's file for checking a domain, and no other of its kind", async () => {
    const answer = await fetch(`${app.url}/${FILE}`);
    assert.deepEqual([answer.status, await answer.text()], [200, "RSfXtFCgJP7kcOwN"]);
    assert.match(String(answer.headers.get("content-type")), /^text\/plain/);
    assert.equal((await fetch(`${app.url}/MP_verify_aaaaaaaaaaaaaaaa.txt`)).status, 404);
    assert.equal((await fetch(`${app.url}/${FILE}`, { method: "POST" })).status, 404);
  });

  it("tells details of its health to who comes from inside, and outside that it is well", async () => {
    const inside = (await (await fetch(`${app.url}/readyz`)).json()) as object;
    assert.ok("damagedFiles" in inside);
    const outside = await fetch(`${app.url}/readyz`, { headers: { "x-forwarded-for": "192.0.2.1" } });
    assert.deepEqual([outside.status, await outside.json()], [200, { status: "ok" }]);
  });

  it("keeps the language in a cookie that https alone carries where the address is https", () => {
    for (const [publicUrl, secure] of [
      ["https://kuaichu.example", true],
      ["http://localhost:8080", false],
    ] as const) {
      const cookies: string[] = [];
      const koa = { append: (_name: string, value: string) => void cookies.push(value) } as unknown as Koa.Context;
      rememberLanguage({ config: { publicUrl } as never }, koa, "en");
      assert.equal(cookies[0]?.endsWith("; Secure"), secure);
    }
  });
});
