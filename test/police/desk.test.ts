import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import Koa from "koa";
import { drawSample } from "../../src/actions/draw-sample.ts";
import { holdCase } from "../../src/actions/hold-case.ts";
import { liftHold } from "../../src/actions/lift-hold.ts";
import { mayDo, type Right, ROLES, type Role } from "../../src/domain/officer.ts";
import { DESK_PAGES, policeRouter } from "../../src/police/router.ts";
import { ACTS, type Pair, readyPair } from "../h5/settle-driver.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { DeskClient, signedInOfficer } from "../support/desk-client.ts";
import { DETAILS } from "../support/drivers.ts";
import { listen } from "../support/platform-server.ts";

let app: TestApp;
let pair: Pair;
let drawId: string;
const desk = {} as Record<Role, DeskClient>;
before(async () => {
  app = await startApp();
  pair = await readyPair(app, { real: true });
  for (const role of ROLES) desk[role] = await signedInOfficer(app, { number: `P-${role}`, role });
  const auditor = (await app.ctx.officers.find(app.ctx.officers.idOf("P-auditor")))!;
  const now = app.clock.now().getTime();
  const period = { from: new Date(now - 86_400_000), to: new Date(now + 86_400_000), district: null };
  const order = { ...period, random: 1, byRisk: 0, seed: "s" };
  drawId = (await drawSample(app.ctx, { officer: auditor, address: "test", ...order })).id;
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const filled = (path: string) => `/police/${path.replace(":draw", drawId).replace(":id", pair.id)}`;

describe("who may what at the desk", () => {
  it("is each page's right by role; others are not told that the page exists", async () => {
    for (const page of DESK_PAGES.filter(({ show }) => show)) {
      for (const role of ROLES) {
        const expected = !page.right || mayDo(role, page.right as Right) ? 200 : 404;
        assert.equal((await desk[role].get(filled(page.path))).status, expected, `${role} ${page.path}`);
      }
      const stranger = await new DeskClient(app, "P-0").get(filled(page.path));
      assert.match(stranger.headers.get("location") ?? "", /^\/police\/sign-in\?to=%2Fpolice%2F/, page.path);
    }
  });

  it("holds for forms and files, and a form without its token does nothing", async () => {
    for (const page of DESK_PAGES.filter(({ submit }) => submit)) {
      const may = ROLES.filter((role) => mayDo(role, page.right as Right));
      for (const role of ROLES) {
        const { status } = await desk[role].post(filled(page.path), { reason: "audit" });
        assert.equal(status, may.includes(role) ? 403 : 404, `${role} ${page.path}`);
      }
      assert.equal((await new DeskClient(app, "P-0").post(filled(page.path), {})).status, 401);
    }
    const { photos } = await app.ctx.accidents.get(pair.id);
    for (const role of ROLES) {
      const { status } = await desk[role].get(`/police/cases/${pair.id}/photos/${photos[0]?.id}/copy`);
      assert.equal(status, mayDo(role, "read-case") ? 200 : 404, role);
    }
  });

  it("is nothing at all from other networks, or where the desk is not switched on", async () => {
    const { ctx } = app;
    const narrow = { ...ctx.config, police: { ...ctx.config.police, allowFrom: ["192.0.2.0/24"] } };
    const server = await listen(new Koa().use(policeRouter({ ...ctx, config: narrow }).routes()).callback());
    for (const path of ["/police", "/police/sign-in", "/police/queue", "/police/nothing"]) {
      const answer = await fetch(`${server.url}${path}`, { redirect: "manual" });
      assert.deepEqual([answer.status, await answer.text()], [404, "Not Found"], path);
    }
    await server.close();
    const elsewhere = await startApp({ env: { POLICE_DESK: "false" } });
    assert.equal((await fetch(`${elsewhere.url}/police/sign-in`)).status, 404);
    await elsewhere.stop();
  });
});

describe("a case's file", () => {
  const page = async (path = `/police/cases/${pair.id}`) => {
    const answer = await desk.officer.get(path);
    assert.equal(answer.status, 200, answer.headers.get("location") ?? "");
    return answer.text();
  };

  it("shows both statements, what differs, and the photographs, and masks names and numbers", async () => {
    const html = await page();
    const { number, photos } = await app.ctx.accidents.get(pair.id);
    assert.match(html, new RegExp(`<h1>${number}</h1>`));
    for (const { id } of photos) assert.ok(html.includes(`/photos/${id}/copy`), id);
    for (const { name, idNumber, phone } of [DETAILS.A, DETAILS.B])
      for (const value of [name, idNumber, phone]) assert.equal(html.includes(value), false, value);
    assert.ok(html.includes("张*") && html.includes("138****8000"));
    assert.ok(html.includes(DETAILS.A.plate.slice(2)));
    assert.ok(ACTS.A.note === "" || html.includes(ACTS.A.note));
  });

  it("shows them for a reason, once, and writes down who, what and why", async () => {
    const shown = await desk.officer.submit(`/police/cases/${pair.id}`, { reason: "decide" });
    const html = await shown.text();
    for (const { name, idNumber, phone } of [DETAILS.A, DETAILS.B])
      for (const value of [name, idNumber, phone]) assert.ok(html.includes(value), value);
    assert.equal((await page()).includes(DETAILS.A.name), false);
    const [, row] = await app.ctx.accessLog.list({ accidentId: pair.id }, 2);
    const officerId = app.ctx.officers.idOf("P-officer");
    assert.deepEqual(
      { officerId: row?.officerId, act: row?.act, reason: row?.reason },
      { officerId, act: "showed-data", reason: "decide" },
    );
    const without = await desk.officer.submit(`/police/cases/${pair.id}`, { reason: "curiosity" });
    assert.equal(without.status, 422);
    assert.equal((await without.text()).includes(DETAILS.A.name), false);
  });

  it("says for whom and since when a legal hold stands", async () => {
    assert.doesNotMatch(await page(), /legal hold \(/);
    await holdCase(app.ctx, { id: pair.id, reason: "court" });
    assert.match(await page(), /legal hold \(court\) since \d/);
    await liftHold(app.ctx, { id: pair.id });
    assert.doesNotMatch(await page(), /legal hold \(/);
  });

  it("is found by its number, a plate or a telephone, whole", async () => {
    const { number } = await app.ctx.accidents.get(pair.id);
    for (const q of [number, number.toLowerCase(), DETAILS.A.plate, DETAILS.B.phone]) {
      const found = await page(`/police/search?q=${encodeURIComponent(q)}`);
      assert.ok(found.includes(`/police/cases/${pair.id}`), q);
    }
    for (const q of [DETAILS.A.plate.slice(0, 5), "KC20200101-000001", "<b>"]) {
      const found = await page(`/police/search?q=${encodeURIComponent(q)}`);
      assert.equal(found.includes("/police/cases/"), false, q);
      assert.equal(found.includes("<b>"), false);
    }
  });

  it("gives the original bytes of a photograph, and says so in the log", async () => {
    const accident = await app.ctx.accidents.get(pair.id);
    const photo = accident.photos.find(({ state }) => state === "stored");
    assert.ok(photo?.state === "stored");
    const answer = await desk.auditor.get(`/police/cases/${pair.id}/photos/${photo.id}/original`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    assert.deepEqual(bytes, await app.ctx.blobs.read(accident, String(photo.sha256)));
    assert.match(answer.headers.get("content-disposition") ?? "", /^attachment/);
    const [row] = await app.ctx.accessLog.list({ accidentId: pair.id }, 1);
    assert.deepEqual([row?.act, row?.officerId], ["read-photo", app.ctx.officers.idOf("P-auditor")]);
  });

  it("writes down a thumbnail, but for those of a page that was just opened", async () => {
    const { photos } = await app.ctx.accidents.get(pair.id);
    const viewer = await signedInOfficer(app, { number: "P-thumbs", role: "auditor" });
    const acts = async () =>
      (await app.ctx.accessLog.list({ accidentId: pair.id, officerIds: [app.ctx.officers.idOf("P-thumbs")] }, 9)).map(
        ({ act }) => act,
      );
    const [file, thumb] = [`/police/cases/${pair.id}`, `/police/cases/${pair.id}/photos/${photos[0]?.id}/thumb`];
    for (const path of [thumb, file, thumb]) assert.equal((await viewer.get(path)).status, 200);
    assert.deepEqual(await acts(), ["read-case", "read-photo"]);
  });
});

describe("a case of a district", () => {
  const found = async (client: DeskClient, q: string) =>
    (await client.get(`/police/search?q=${encodeURIComponent(q)}`)).text();
  const setDistrict = (district: string | null) =>
    app.ctx.accidents.change(pair.id, (accident) => ({ accident: { ...accident, district }, events: [] }));

  it("is its own officers' and the city's; to others it is not there, but its number says who has it", async () => {
    const own = await signedInOfficer(app, { number: "P-own", role: "officer", district: "310101" });
    const other = await signedInOfficer(app, { number: "P-other", role: "supervisor", district: "310115" });
    await setDistrict("310101");
    const { number, photos } = await app.ctx.accidents.get(pair.id);
    const file = `/police/cases/${pair.id}`;
    for (const path of [file, `${file}/photos/${photos[0]?.id}/copy`, `${file}/photos/${photos[0]?.id}/original`]) {
      assert.equal((await own.get(path)).status, 200, path);
      assert.equal((await desk.supervisor.get(path)).status, 200, path);
      assert.equal((await other.get(path)).status, 404, path);
    }
    assert.equal((await other.post(file, { reason: "audit" })).status, 404);
    const rows = await app.ctx.accessLog.list({ officerIds: [app.ctx.officers.idOf("P-other")] }, 4);
    assert.deepEqual(
      rows.map(({ act, accidentId }) => [act, accidentId]),
      Array(4).fill(["refused-case", pair.id]),
    );
    assert.match(await (await own.get(file)).text(), /<dd>Huangpu<\/dd>/);
    for (const q of [number, DETAILS.A.plate, DETAILS.B.phone]) {
      assert.ok((await found(own, q)).includes(file), q);
      assert.equal((await found(other, q)).includes(file), false, q);
    }
    assert.match(await found(other, number), /Another district has this case: Huangpu\./);
    assert.match(await found(other, DETAILS.A.plate), /Nothing was found/);
  });

  it("that nobody knows is the city's", async () => {
    await setDistrict(null);
    const { number } = await app.ctx.accidents.get(pair.id);
    const own = await signedInOfficer(app, { number: "P-district", role: "officer", district: "310101" });
    assert.equal((await own.get(`/police/cases/${pair.id}`)).status, 404);
    assert.match(await found(own, number), /Another district has this case: whole city\./);
    assert.equal((await desk.officer.get(`/police/cases/${pair.id}`)).status, 200);
  });

  it("an account is given one of the city's districts and no other", async () => {
    const given = { number: "P-new", name: "新同事", role: "officer" };
    const page = await (await desk.keeper.get("/police/accounts")).text();
    assert.match(page, /<select id="field-district"[\s\S]+?<option value="310115">Pudong New Area/);
    const refused = await desk.keeper.submit("/police/accounts", { ...given, district: "310199" });
    assert.equal(refused.status, 422);
    const html = await refused.text();
    assert.match(html, /The city has no such district/);
    assert.ok(html.includes('value="新同事"'));
    const made = await desk.keeper.submit("/police/accounts", { ...given, district: "310115" });
    assert.match(await made.text(), /Pudong New Area<\/td>/);
    assert.equal((await app.ctx.officers.find(app.ctx.officers.idOf("P-new")))?.district, "310115");
  });
});

describe("the access log's page", () => {
  it("lists by case and officer, for those who may read it", async () => {
    const { number } = await app.ctx.accidents.get(pair.id);
    const asked = await desk.auditor.submit("/police/access-log", { case: number, officer: "p-officer", day: "" });
    const to = asked.headers.get("location") ?? "";
    assert.match(to, new RegExp(`^/police/access-log\\?by=[\\w-]+&case=${number}$`));
    const html = await (await desk.auditor.get(to)).text();
    assert.match(html, /Officer P-officer P-OFFICER/);
    assert.match(html, /showed personal data/);
    assert.match(html, /to deal with this case/);
    assert.equal(html.includes("read the access log"), false);
    const wrong = await desk.auditor.submit("/police/access-log", { case: number, officer: "p-x", day: "2026-02-30" });
    const page = await wrong.text();
    assert.equal(wrong.status, 422);
    assert.ok(page.includes('id="error-day"') && page.includes('value="p-x"'));
  });

  it("shows a district's supervisor its own, however much others did since, and everything page by page", async () => {
    const led = await signedInOfficer(app, { number: "P-log", role: "supervisor", district: "310101" });
    await led.get("/police/queue");
    const others = { officerId: app.ctx.officers.idOf("P-officer"), address: "::1", accidentId: null, reason: null };
    const act = "read-letters" as const;
    await Promise.all(Array.from({ length: 210 }, () => app.ctx.accessLog.add({ ...others, act })));
    const own = await (await led.get("/police/access-log")).text();
    assert.match(own, /P-LOG<\/td><td>read the queue/);
    assert.equal(own.includes("read the list of letters"), false);
    const rows = (html: string) => [...html.matchAll(/#\d+<\/td><\/tr>/g)].map(([row]) => row);
    const first = await (await desk.auditor.get("/police/access-log")).text();
    const next = /href="([^"]+)" rel="next"/.exec(first)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const second = await (await desk.auditor.get(next)).text();
    assert.equal(rows(first).length, 200);
    assert.match(second, /P-LOG<\/td><td>read the queue/);
    assert.deepEqual(
      rows(second).filter((row) => rows(first).includes(row)),
      [],
    );
  });

  it("is whole after all that", async () => {
    const { broken, rows } = await app.ctx.accessLog.verify();
    assert.equal(broken, null);
    assert.ok(rows > 30, String(rows));
  });

  it("and the log of the process names nobody", () => {
    const names = ROLES.map((role) => `P-${role}`);
    for (const name of [...names, DETAILS.A.name, DETAILS.B.phone, DETAILS.A.plate])
      assert.equal(app.logged().includes(name), false, name);
  });
});
