import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { endSessions } from "../../src/actions/end-sessions.ts";
import { forgetPerson } from "../../src/actions/forget-person.ts";
import { sessionsCommand } from "../../src/jobs/sessions-command.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { hidden, Phone } from "./phone.ts";
import { openPair } from "./settle-driver.ts";

let app: TestApp;
let count = 0;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const MINUTE_MS = 60_000;
const AGREED = { vehicles: "two", condition: "none", notice: "yes", sensitive: "yes" };
const newOpenid = () => `oSession${String(++count).padStart(20, "0")}`;

async function signedIn(path = "/h5/start"): Promise<Phone> {
  const phone = new Phone(app, newOpenid());
  assert.equal((await phone.open(path)).status, 200);
  return phone;
}

/** Follows the way to the platform and back; returns the address of the return, not yet opened. */
async function returnOf(phone: Phone, to: string): Promise<string> {
  const toPlatform = (await phone.get(`/h5/signin?to=${encodeURIComponent(to)}`)).location;
  return (await phone.get(toPlatform)).location;
}

describe("the return from the sign-in", () => {
  it("leads to its target although the cookie is lost on the way", async () => {
    const phone = new Phone(app, newOpenid());
    const back = await returnOf(phone, "/h5/join/some-code-of-no-case-1");
    phone.jar.set("kc_oauth", "");
    const page = await phone.open(back);
    assert.equal(page.path, "/h5/join/some-code-of-no-case-1");
    assert.notEqual(page.status, 401);
  });

  it("leads a driver who is signed in to its target when it is called again, by back or by the platform", async () => {
    const phone = new Phone(app, newOpenid());
    const back = await returnOf(phone, "/h5/join");
    assert.equal((await phone.get(back)).location, "/h5/join");
    assert.equal((await phone.get(back)).location, "/h5/join");
    const again = await returnOf(phone, "/h5/join");
    const kept = phone.jar.header();
    await phone.get(again);
    const thief = new Phone(app, "oSomebodyElse00000000000001");
    for (const pair of kept.split("; ").filter((one) => one.startsWith("kc_oauth")))
      thief.jar.set("kc_oauth", pair.slice(pair.indexOf("=") + 1));
    const refused = await thief.get(again);
    assert.match(refused.location, /^\/h5\/signin\?again=1&to=%2Fh5%2Fjoin$/, "a state is good for one return");
  });
});

describe("a session", () => {
  it("is renewed by use, and outlives twelve hours in it", async () => {
    const phone = await signedIn();
    await phone.fill("/h5/start", AGREED);
    for (let quarter = 0; quarter < 60; quarter++) {
      app.clock.advance(15 * MINUTE_MS);
      assert.equal((await phone.get("/h5/cases")).status, 200, `after ${quarter} quarters`);
    }
  });

  it("asks the platform again for a page after half an hour without use; what a script asks for is no use", async () => {
    const phone = await signedIn();
    const { location } = await phone.fill("/h5/start", AGREED);
    const [live, position] = ["live", "position"].map((path) => location.replace(/photos$/, path)) as [string, string];
    const sent = { _csrf: hidden((await phone.get(location)).html, "_csrf"), lat: "31.23", lng: "121.47" };
    for (let turn = 0; turn < 4; turn++) {
      app.clock.advance(8 * MINUTE_MS);
      assert.equal((await phone.get(live, { accept: "application/json" })).status, 200);
      assert.equal((await phone.post(position, sent, { accept: "application/json" })).status, 200);
    }
    const away = await phone.get(location);
    assert.equal(away.location, `/h5/signin?to=${encodeURIComponent(location)}`);
    assert.equal((await phone.open(location)).path, location, "silently");
    assert.equal((await phone.get(location)).status, 200);
  });

  it("takes a form after half an hour: what was typed is not lost", async () => {
    const phone = await signedIn();
    const token = hidden((await phone.get("/h5/start")).html, "_csrf");
    app.clock.advance(45 * MINUTE_MS);
    assert.match((await phone.post("/h5/start", { _csrf: token, ...AGREED })).location, /\/photos$/);
  });

  it("ends by signing out, here or everywhere", async () => {
    const openid = newOpenid();
    const [one, other] = [new Phone(app, openid), new Phone(app, openid)];
    // of a guest nothing is stored, so nothing to end elsewhere either
    await one.fill("/h5/start", AGREED);
    for (const phone of [one, other]) await phone.open("/h5/cases");
    const leave = async (phone: Phone, where: string) =>
      phone.post("/h5/signout", { _csrf: hidden((await phone.get("/h5/cases")).html, "_csrf"), where });
    assert.equal((await one.post("/h5/signout", { where: "everywhere" })).status, 403, "a forged form");
    assert.equal((await leave(one, "here")).location, "/h5/signed-out");
    assert.match((await one.get("/h5/cases")).location, /^\/h5\/signin/);
    assert.equal((await other.get("/h5/cases")).status, 200);
    await one.open("/h5/cases");
    app.clock.advance(1);
    await leave(one, "everywhere");
    for (const phone of [one, other]) assert.match((await phone.get("/h5/cases")).location, /^\/h5\/signin/);
    assert.equal((await other.open("/h5/cases")).status, 200, "a new sign-in is good");
  });

  it("ends by the operator's command and when the person leaves the account", async () => {
    const phone = await signedIn();
    const { location } = await phone.fill("/h5/start", AGREED);
    const accident = await app.ctx.accidents.get(location.split("/")[3] ?? "");
    const told: string[] = [];
    const run = (...said: string[]) => sessionsCommand(app.ctx, said, (text) => void told.push(text));
    app.clock.advance(1);
    assert.equal(await run("end", accident.number, "A"), 0);
    assert.match((await phone.get(location)).location, /^\/h5\/signin/);
    assert.equal(await run("end", accident.number, "B"), 1);
    assert.equal(await run("end"), 2);
    await phone.open(location);
    const { openid } = (await app.ctx.people.find(accident.parties.A.identity.personId)) ?? {};
    app.clock.advance(1);
    await forgetPerson(app.ctx, { openid: openid ?? "" });
    assert.match((await phone.get(location)).location, /^\/h5\/signin/);
  });

  it("of somebody else goes on", async () => {
    const pair = await openPair(app);
    app.clock.advance(1);
    await endSessions(app.ctx, { person: pair.A.person });
    const headers = (cookie: { name: string; value: string }) => ({ cookie: `${cookie.name}=${cookie.value}` });
    const read = (url: string, cookie: { name: string; value: string }) =>
      fetch(url, { headers: headers(cookie), redirect: "manual" });
    assert.equal((await read(pair.A.urlOf(""), pair.A.cookie)).status, 303);
    assert.equal((await read(pair.B.urlOf(""), pair.B.cookie)).status, 200);
  });
});
