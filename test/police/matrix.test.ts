import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { drawSample } from "../../src/actions/draw-sample.ts";
import { IDLE_MS, mayDo, type Right, ROLES, type Role } from "../../src/domain/officer.ts";
import { DESK_PAGES } from "../../src/police/router.ts";
import { determinedPair } from "../h5/disputes.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { DeskClient, newOfficer, signedInOfficer } from "../support/desk-client.ts";
import { appliedPair } from "./disputed.ts";

const [OWN, OTHER] = ["310101", "310115"];

let app: TestApp;
let id: string;
let photoId: string;
/** a case with a letter, and a draw with both cases */
let lettered: string;
let drawId: string;
const own = {} as Record<Role, DeskClient>;
const other = {} as Record<Role, DeskClient>;
const recused = {} as Record<Role, DeskClient>;
before(async () => {
  app = await startApp();
  ({ id } = await appliedPair(app, { real: true }));
  lettered = (await determinedPair(app)).id;
  for (const role of ROLES) {
    own[role] = await signedInOfficer(app, { number: `OWN-${role}`, role, district: OWN });
    other[role] = await signedInOfficer(app, { number: `OTH-${role}`, role, district: OTHER });
    recused[role] = await signedInOfficer(app, { number: `REC-${role}`, role, district: OWN });
  }
  const ids = ROLES.map((role) => app.ctx.officers.idOf(`REC-${role}`));
  for (const one of [id, lettered])
    await app.ctx.accidents.change(one, (now) => ({ accident: { ...now, district: OWN, recused: ids }, events: [] }));
  photoId = (await app.ctx.accidents.get(id)).photos[0]?.id ?? "";
  drawId = await drawOfOwn();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

async function drawOfOwn(): Promise<string> {
  const officer = (await app.ctx.officers.find(app.ctx.officers.idOf("OWN-auditor")))!;
  const now = app.clock.now().getTime();
  const period = { from: new Date(now - 86_400_000), to: new Date(now + 86_400_000), district: OWN };
  const order = { ...period, random: 2, byRisk: 0, seed: "matrix" };
  const draw = await drawSample(app.ctx, { officer, address: "test", ...order });
  assert.equal(draw.cases.length, 2);
  return draw.id;
}

interface Route {
  path: string;
  right: Right | null;
  /** whom it is for: accounts that reach the case, or the district, or all with the right */
  reach: "case" | "district" | "all";
}

const reachOf = (path: string): Route["reach"] =>
  path.includes(":id") ? "case" : path.includes(":draw") ? "district" : "all";

/** All pages with a template but those of one account. */
const pagesWith = (part: "show" | "submit"): Route[] =>
  DESK_PAGES.filter((page) => page[part] && page.template && !page.path.startsWith("accounts/")).map(
    ({ path, right }) => ({
      path: `/police/${path.replace(":draw", drawId).replace(":id", id)}`,
      right,
      reach: reachOf(path),
    }),
  );

const looks = (): Route[] => [
  ...pagesWith("show"),
  { path: "/police/queue/rows", right: "read-case", reach: "all" },
  { path: "/police/queue/stay", right: "read-case", reach: "all" },
  { path: `/police/cases/${id}/photos/${photoId}/copy`, right: "read-case", reach: "case" },
  { path: `/police/cases/${id}/print.pdf?reason=answer-request`, right: "print-case", reach: "case" },
  { path: `/police/cases/${lettered}/letters/1?reason=audit`, right: "read-case", reach: "case" },
];
const may = (role: Role, { right }: Route): boolean => right === null || mayDo(role, right);

describe("every route of the desk, by role", () => {
  it("of the own district: by the right alone", async () => {
    assert.ok(looks().length > 20 && looks().some(({ path }) => path.includes(`${drawId}/cases/${id}`)));
    for (const route of looks())
      for (const role of ROLES)
        assert.equal((await own[role].get(route.path)).status, may(role, route) ? 200 : 404, `${role} ${route.path}`);
  });

  for (const [name, clients, reached] of [
    ["of another district", other, ["all"]],
    ["recused", recused, ["all", "district"]],
  ] as const)
    it(`${name}: a case is not there, nor an act on it`, async () => {
      for (const route of looks())
        for (const role of ROLES) {
          const expected = may(role, route) && reached.some((reach) => reach === route.reach) ? 200 : 404;
          assert.equal((await clients[role].get(route.path)).status, expected, `${role} ${route.path}`);
        }
      for (const route of pagesWith("submit").filter(({ reach }) => reach === "case"))
        for (const role of ROLES) assert.equal((await clients[role].post(route.path, {})).status, 404, route.path);
      for (const role of ROLES)
        assert.equal((await (await clients[role].get("/police/queue")).text()).includes(id), false, role);
    });

  it("leaves a row of each look", async () => {
    const rows = async (number: string) =>
      (await app.ctx.accessLog.list({ officerIds: [app.ctx.officers.idOf(number)] }, 2000)).length;
    // a form that nothing was asked of; an opened queue that is kept current, and its session
    const none = ["/police/search", "/police/queue/rows", "/police/queue/stay"];
    for (const role of ["keeper", "supervisor"] as const)
      for (const route of looks().filter((one) => may(role, one) && !none.includes(one.path))) {
        const before = await rows(`OWN-${role}`);
        assert.equal((await own[role].get(route.path)).status, 200);
        assert.ok((await rows(`OWN-${role}`)) > before, `${role} ${route.path}`);
      }
  });

  it("posts without the form's token do nothing, and tell nobody without the right that there is a form", async () => {
    const { version } = await app.ctx.accidents.get(id);
    for (const route of pagesWith("submit"))
      for (const role of ROLES)
        assert.equal((await own[role].post(route.path, {})).status, may(role, route) ? 403 : 404, route.path);
    assert.equal((await app.ctx.accidents.get(id)).version, version);
  });

  it("signed out, or with a wrong second factor: the sign-in", async () => {
    const stranger = new DeskClient(app, "OUT-1");
    const halfway = await newOfficer(app, { number: "OUT-2", role: "supervisor" });
    assert.equal((await halfway.signIn({ code: "000000" })).status, 401);
    for (const client of [stranger, halfway]) {
      for (const { path } of looks())
        assert.match((await client.get(path)).headers.get("location") ?? "", /^\/police\/sign-in\?to=/, path);
      for (const { path } of pagesWith("submit")) assert.equal((await client.post(path, {})).status, 401, path);
    }
  });

  it("after a quarter of an hour without a look: the sign-in", async () => {
    app.clock.advance(IDLE_MS);
    for (const { path } of looks())
      assert.match((await own.supervisor.get(path)).headers.get("location") ?? "", /^\/police\/sign-in\?to=/, path);
    for (const { path } of pagesWith("submit")) assert.equal((await own.supervisor.post(path, {})).status, 401, path);
  });

  it("and the chain of what was looked at and refused is whole", async () => {
    const rows = await app.ctx.accessLog.list({ accidentId: id }, 500);
    assert.ok(rows.some(({ act }) => act === "refused-case") && rows.some(({ act }) => act === "printed-case"));
    assert.equal((await app.ctx.accessLog.verify()).broken, null);
  });
});
