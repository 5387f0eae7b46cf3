import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { calendarWarner } from "../../src/jobs/warn-of-calendar.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { closeDatabase } from "../support/database.ts";
import { DeskClient, signedInOfficer } from "../support/desk-client.ts";

let app: TestApp;
before(async () => {
  app = await startApp();
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

const DAY_MS = 24 * 3600_000;
const times = () => app.logged().split("calendar.year-missing").length - 1;

it("a year whose holidays are missing is said once a day in the log, in /readyz and at the desk", async () => {
  const readyz = async () =>
    ((await (await fetch(`${app.url}/readyz`)).json()) as { calendarYearMissing: number | null }).calendarYearMissing;
  const warn = calendarWarner(app.ctx);
  const november = new Date("2026-11-30T04:00:00Z").getTime();
  app.clock.advance(november - app.clock.now().getTime());
  await warn();
  assert.deepEqual([times(), await readyz()], [0, null]);
  app.clock.advance(DAY_MS);
  await warn();
  await warn();
  assert.deepEqual([times(), await readyz()], [1, 2027]);
  const officer = await signedInOfficer(app, { number: "P-1000", role: "officer" });
  assert.match(await (await officer.get("/police/search")).text(), /The public holidays of 2027 are not entered yet/);
  assert.doesNotMatch(await (await new DeskClient(app, "P-0").get("/police/sign-in")).text(), /public holidays/);
  app.clock.advance(DAY_MS);
  await warn();
  assert.equal(times(), 2);
});
