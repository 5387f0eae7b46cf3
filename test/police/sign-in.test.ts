import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import Koa from "koa";
import { closeOfficer } from "../../src/actions/close-officer.ts";
import { inviteOfficer } from "../../src/actions/invite-officer.ts";
import { applicationState } from "../../src/domain/dispute.ts";
import { IDLE_MS, INVITATION_MS, SESSION_MS } from "../../src/domain/officer.ts";
import { policeRouter } from "../../src/police/router.ts";
import type { SignInWay } from "../../src/police/sign-in-way.ts";
import { act, appliedPair } from "../h5/disputes.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { DeskClient, newOfficer, PASSWORD, signedInOfficer } from "../support/desk-client.ts";
import { listen } from "../support/platform-server.ts";

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

let numbers = 100;
const nextNumber = () => `P${++numbers}`;
const auditor = () => newOfficer(app, { number: nextNumber(), role: "auditor" });
/** A brake's window is over. */
const calm = () => app.clock.advance(16 * 60_000);

describe("an account of the desk", () => {
  it("signs in with number, password and a fresh code", async () => {
    const officer = await auditor();
    assert.equal(
      (await officer.get("/police/access-log")).headers.get("location")?.startsWith("/police/sign-in"),
      true,
    );
    const answer = await officer.signIn({ to: "/police/access-log" });
    assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/police/access-log"]);
    assert.match(answer.headers.getSetCookie().join(), /desk=[^;]{40,}; Path=\/; .*HttpOnly; SameSite=Strict/);
    assert.equal((await officer.get("/police/access-log")).status, 200);
  });

  it("gets one answer for whatever is wrong", async () => {
    const officer = await auditor();
    const stranger = new DeskClient(app, "P9999");
    stranger.secret = officer.secret;
    const wrong = [
      await officer.signIn({ password: `${PASSWORD}.` }),
      await officer.signIn({ code: officer.code(10) }),
      await officer.signIn({ code: officer.code(-10) }),
      await stranger.signIn(),
    ];
    const pages = await Promise.all(wrong.map(async (answer) => (await answer.text()).replaceAll(/value="P\d+"/g, "")));
    assert.deepEqual(
      wrong.map(({ status }) => status),
      [401, 401, 401, 401],
    );
    assert.equal(new Set(pages).size, 1);
    assert.equal(pages[0]?.includes(PASSWORD), false);
    calm();
  });

  it("uses a code once, whoever else types it at the same moment", async () => {
    const officer = await auditor();
    const code = officer.code();
    const answers = await Promise.all([officer.signIn({ code }), officer.signIn({ code }), officer.signIn({ code })]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 401, 401]);
    app.clock.advance(30_000);
    assert.equal((await officer.signIn({ code })).status, 401, "the step before is still within the window");
    calm();
  });

  it("is locked after five tries from one address, right ones too, and no longer after a quarter of an hour", async () => {
    const officer = await auditor();
    for (let i = 0; i < 5; i++) assert.equal((await officer.signIn({ password: "wrong password" })).status, 401);
    assert.equal((await officer.signIn()).status, 401);
    calm();
    assert.equal((await officer.signIn()).status, 303);
    calm();
  });

  it("stays signed in while it is used, not past a quarter of an hour idle, nor past twelve hours", async () => {
    const officer = await signedInOfficer(app, { number: nextNumber(), role: "auditor" });
    const isIn = async () => (await officer.get("/police/access-log")).status === 200;
    for (let passed = 0; passed < SESSION_MS - 2 * IDLE_MS; passed += IDLE_MS - 60_000) {
      assert.equal(await isIn(), true, `after ${passed / 60_000} minutes`);
      app.clock.advance(IDLE_MS - 60_000);
    }
    assert.equal(await isIn(), true);
    app.clock.advance(IDLE_MS);
    assert.equal(await isIn(), false);
    calm();
    assert.equal((await officer.signIn()).status, 303);
    for (let passed = 0; passed < SESSION_MS; passed += IDLE_MS - 60_000) {
      app.clock.advance(IDLE_MS - 60_000);
      await isIn();
    }
    assert.equal(await isIn(), false);
  });

  it("is signed in once in one browser: a new session takes the place of the old one", async () => {
    const officer = await signedInOfficer(app, { number: nextNumber(), role: "auditor" });
    const [old] = officer.cookies();
    assert.equal((await officer.signIn()).status, 303);
    const headers = { cookie: `${old?.name}=${old?.value}` };
    const answer = await fetch(`${app.url}/police/letters`, { headers, redirect: "manual" });
    assert.match(answer.headers.get("location") ?? "", /sign-in/);
    assert.equal((await officer.get("/police/letters")).status, 200);
  });

  it("ends at once when a keeper closes it, and by signing out", async () => {
    const keeper = await signedInOfficer(app, { number: nextNumber(), role: "keeper" });
    const officer = await signedInOfficer(app, { number: nextNumber(), role: "auditor" });
    assert.equal((await officer.get("/police/access-log")).status, 200);
    const id = app.ctx.officers.idOf(officer.number);
    assert.equal((await keeper.submit(`/police/accounts/${id}/close`, {}, "/police/accounts")).status, 303);
    assert.equal((await officer.get("/police/access-log")).status, 303);
    calm();
    assert.equal((await officer.signIn()).status, 401);
    await keeper.submit("/police/sign-out", {}, "/police/accounts");
    assert.equal((await keeper.get("/police/accounts")).status, 303);
  });

  it("leaves what it had in hand to others when it is closed", async () => {
    const id = app.ctx.officers.idOf((await newOfficer(app, { number: nextNumber(), role: "officer" })).number);
    const pair = await appliedPair(app, { isTaken: false });
    await act(app, pair.id, { type: "take-application", by: { officerId: id, role: "officer", district: null } });
    await closeOfficer(app.ctx, { id, by: null, address: "test" });
    const accident = await app.ctx.accidents.get(pair.id);
    assert.equal(applicationState(accident), "applied");
    assert.deepEqual([accident.events.at(-1)?.type, accident.events.at(-1)?.by], ["application-released", "system"]);
  });

  it("is not closed by its own keeper", async () => {
    const keeper = await signedInOfficer(app, { number: nextNumber(), role: "keeper" });
    const own = app.ctx.officers.idOf(keeper.number);
    assert.equal((await keeper.submit(`/police/accounts/${own}/close`, {}, "/police/accounts")).status, 409);
    assert.equal((await keeper.get("/police/accounts")).status, 200);
  });
});

describe("an invitation", () => {
  const invite = (number: string) =>
    inviteOfficer(app.ctx, { number, name: "王芳", role: "officer", district: "310101", by: null, address: "test" });

  it("is good once and for a day", async () => {
    const officer = new DeskClient(app, nextNumber());
    const { url } = await invite(officer.number);
    const path = new URL(url).pathname;
    officer.secret = /<code>([A-Z2-7]+)<\/code>/.exec(await (await officer.get(path)).text())?.[1] ?? "";
    const given = { password: PASSWORD, code: officer.code() };
    const to = (await officer.post(path, given)).headers.get("location") ?? "";
    assert.match(await (await officer.get(to)).text(), /Your account is set up\. A code works once/);
    assert.equal((await officer.post(path, given)).status, 404);
    assert.equal((await officer.get(path)).status, 404);
    const late = new URL((await invite(nextNumber())).url).pathname;
    app.clock.advance(INVITATION_MS);
    assert.equal((await officer.get(late)).status, 404);
  });

  it("wants a password of twelve signs that is not the number, and a code that is right", async () => {
    const officer = new DeskClient(app, "HP-2026-77");
    const path = new URL((await invite(officer.number)).url).pathname;
    officer.secret = /<code>([A-Z2-7]+)<\/code>/.exec(await (await officer.get(path)).text())?.[1] ?? "";
    const refused = async (fields: Record<string, string>, field: string) => {
      const answer = await officer.post(path, { password: PASSWORD, code: officer.code(), ...fields });
      assert.equal(answer.status, 422);
      assert.match(await answer.text(), new RegExp(`id="error-${field}"`));
    };
    await refused({ password: "short one" }, "password");
    await refused({ password: "aaaaaaaaaaaaaaaa" }, "password");
    await refused({ password: "my hp-2026-77 pass" }, "password");
    await refused({ code: officer.code(20) }, "code");
    assert.equal((await officer.post(path, { password: PASSWORD, code: officer.code() })).status, 303);
  });

  it("is refused for a number that has an account, and makes a closed one anew without its old password", async () => {
    const officer = await auditor();
    await assert.rejects(invite(officer.number), { code: "officer-exists" });
    await app.ctx.officers.close(app.ctx.officers.idOf(officer.number));
    await invite(officer.number.toLowerCase());
    assert.equal((await officer.signIn()).status, 401);
    calm();
  });

  it("shows its link to the keeper once", async () => {
    const keeper = await signedInOfficer(app, { number: nextNumber(), role: "keeper" });
    const fields = { number: "P-77001", name: "李雷", role: "officer", district: "310101" };
    const answer = await keeper.submit("/police/accounts", fields);
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /police\/accounts\/set-up\/[\w-]{32}/);
    const after = await (await keeper.get("/police/accounts")).text();
    assert.match(after, /P-77001/);
    assert.doesNotMatch(after, /set-up/);
    const wrong = await keeper.submit("/police/accounts", { ...fields, number: "?" });
    assert.equal(wrong.status, 422);
    const page = await wrong.text();
    assert.match(page, /error-number/);
    assert.match(page, /value="李雷"/);
    assert.match(page, /value="310101" selected/);
    const nowhere = await keeper.submit("/police/accounts", { ...fields, number: "P-77002", district: "31" });
    assert.match(await nowhere.text(), /error-district/);
  });
});

describe("the way in", () => {
  it("is one interface: another way in its place begins the same sessions", async () => {
    const known = await auditor();
    const byProvider: SignInWay = {
      addTo(router, enter) {
        router.get("/sign-in", async (koa) => {
          const account = await app.ctx.officers.find(app.ctx.officers.idOf(known.number));
          await enter(koa, account!, koa.query["to"]);
        });
      },
    };
    const server = await listen(new Koa().use(policeRouter(app.ctx, byProvider).routes()).callback());
    const officer = new DeskClient({ url: server.url, clock: app.clock }, known.number);
    assert.match((await officer.get("/police/letters")).headers.get("location") ?? "", /^\/police\/sign-in\?to=/);
    const entered = await officer.get("/police/sign-in?to=/police/letters");
    assert.deepEqual([entered.status, entered.headers.get("location")], [303, "/police/letters"]);
    assert.equal((await officer.get("/police/letters")).status, 200);
    assert.equal((await officer.post("/police/sign-in", {})).status, 404);
    await server.close();
  });
});
