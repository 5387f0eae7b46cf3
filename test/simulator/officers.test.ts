import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { stringify } from "yaml";
import { closeOfficer } from "../../src/actions/close-officer.ts";
import { inviteOfficer } from "../../src/actions/invite-officer.ts";
import { demoOfficersText, listDemoOfficers, makeDemoOfficers } from "../../src/demo-officers.ts";
import { ROLES, type Role } from "../../src/domain/officer.ts";
import type { DemoOfficer } from "../../src/simulator/operator.ts";
import { startStandIns } from "../demo/stand-ins.ts";
import { appliedPair } from "../police/disputed.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase, freePort } from "../support/database.ts";
import { DeskClient } from "../support/desk-client.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

let app: TestApp;
before(async () => {
  app = await startApp();
  await makeDemoOfficers(app.ctx);
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const getJson = async <T>(path: string) => (await (await fetch(app.url + path)).json()) as T;
const theOfficer = async (role: Role = "officer"): Promise<DemoOfficer> => {
  const officer = (await listDemoOfficers(app.ctx)).find((one) => one.role === role);
  assert.ok(officer);
  return officer;
};
const signIn = (at: TestApp, { number, password, code }: DemoOfficer) => {
  const client = new DeskClient(at, number);
  return client.signIn({ password, code }).then(({ status }) => ({ status, client }));
};

describe("the simulator's officers", () => {
  it("are one of each role, whom the present code signs in", async () => {
    const officers = await getJson<DemoOfficer[]>("/simulator/officers");
    assert.deepEqual(
      officers.map(({ role }) => role),
      ROLES,
    );
    for (const officer of officers) {
      assert.equal(officer.inS, 0);
      const { status, client } = await signIn(app, officer);
      assert.equal(status, 303, officer.role);
      const home = officer.role === "keeper" ? "/police/accounts" : "/police/queue";
      assert.equal((await client.get(home)).status, 200);
    }
  });

  it("get another code for each sign-in, and are told when there is none yet", async () => {
    app.clock.advance(60_000);
    const used: string[] = [];
    for (let n = 0; n < 2; n++) {
      const officer = await theOfficer();
      assert.equal(officer.inS, 0);
      assert.equal((await signIn(app, officer)).status, 303);
      used.push(officer.code);
    }
    const next = await theOfficer();
    assert.equal(new Set([...used, next.code]).size, 3);
    assert.ok(next.inS > 0 && next.inS <= 30);
    assert.equal((await signIn(app, next)).status, 401);
    app.clock.advance(next.inS * 1000);
    assert.deepEqual(await theOfficer(), { ...next, inS: 0 });
    assert.equal((await signIn(app, next)).status, 303);
  });

  it("stay as they are at the next start; one that was closed is there again", async () => {
    const secretOf = async (number: string) => (await app.ctx.officers.findProofs(number))?.secret;
    const before = await secretOf("DEMO-1");
    await closeOfficer(app.ctx, { id: app.ctx.officers.idOf("DEMO-2"), by: null, address: "test" });
    assert.equal((await listDemoOfficers(app.ctx)).length, 4);
    await makeDemoOfficers(app.ctx);
    assert.equal(await secretOf("DEMO-1"), before);
    assert.equal((await listDemoOfficers(app.ctx)).length, 5);
    await Promise.all([makeDemoOfficers(app.ctx), makeDemoOfficers(app.ctx)]);
    assert.equal((await app.ctx.officers.list()).length, 5);
  });

  it("have other passwords and secrets in another data folder", async () => {
    const other = await startApp();
    try {
      await makeDemoOfficers(other.ctx);
      const [one, two] = await Promise.all([listDemoOfficers(app.ctx), listDemoOfficers(other.ctx)]);
      const secrets = [...one, ...two].map(({ password }) => password);
      assert.equal(new Set(secrets).size, 10);
      const seconds = [app, other].map(async ({ ctx }) => (await ctx.officers.findProofs("DEMO-1"))?.secret);
      assert.equal(new Set(await Promise.all(seconds)).size, 2);
    } finally {
      await other.stop();
    }
  });

  it("are printed at the start with what signs in", async () => {
    const officers = await listDemoOfficers(app.ctx);
    const text = demoOfficersText(app.url, officers);
    assert.ok(text.includes(`${app.url}/police`));
    for (const { number, role, password, code } of officers)
      assert.match(text, new RegExp(`^ +${number} +${role} +${password} +${code}$`, "m"));
  });

  it("see on the simulator's page how many cases wait", async () => {
    const waiting = async () => (await getJson<{ waiting: number }>("/simulator/state")).waiting;
    assert.equal(await waiting(), 0);
    await appliedPair(app);
    assert.equal(await waiting(), 1);
  });
});

describe("without the simulator", () => {
  let real: TestApp;
  before(async () => {
    const standIns = await startStandIns({ port: await freePort(), appUrl: app.url });
    standIns.close();
    const CONFIG_FILE = join(temporaryFolder("real"), "settings.yaml");
    await writeFile(CONFIG_FILE, stringify(standIns.settings));
    const { dataDir: DATA_DIR } = app.config;
    const env = { ...standIns.env, CONFIG_FILE, DATA_DIR, SIMULATOR: "false", POLICE_DESK: "true" };
    real = await startApp({ env, databaseUri: app.databaseUri, clock: app.clock });
  });
  after(() => real.stop());

  it("nobody of them gets in, by password or by a session that is still open", async () => {
    app.clock.advance(60_000);
    const { client } = await signIn(app, await theOfficer("supervisor"));
    const [{ name = "", value = "" } = {}] = client.cookies();
    const headers = { cookie: `${name}=${value}` };
    const queue = async ({ url }: TestApp) =>
      (await fetch(`${url}/police/queue`, { headers, redirect: "manual" })).status;
    assert.deepEqual([await queue(app), await queue(real)], [200, 303]);
    app.clock.advance(60_000);
    assert.equal((await signIn(real, await theOfficer("supervisor"))).status, 401);
    assert.equal((await signIn(app, await theOfficer("supervisor"))).status, 303);
  });

  it("none is made or listed, and their numbers are nobody's", async () => {
    assert.deepEqual(await listDemoOfficers(real.ctx), []);
    const before = await real.ctx.officers.list();
    await makeDemoOfficers(real.ctx);
    assert.equal((await real.ctx.officers.list()).length, before.length);
    const invited = { number: "demo-7", name: "王芳", role: "officer" as const, district: null };
    await assert.rejects(inviteOfficer(real.ctx, { ...invited, by: null, address: "test" }), { code: "demo-number" });
  });
});

it("a simulator without a desk has neither officers nor their screen", async () => {
  const without = await startApp({ env: { POLICE_DESK: "false" } });
  try {
    await makeDemoOfficers(without.ctx);
    assert.deepEqual(await without.ctx.officers.list(), []);
    const page = await (await fetch(`${without.url}/simulator`)).text();
    assert.doesNotMatch(page, /police|data-show="officer"/);
    assert.match(await (await fetch(`${app.url}/simulator`)).text(), /data-show="officer"/);
  } finally {
    await without.stop();
  }
});
