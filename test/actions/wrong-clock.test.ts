import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { endAccident } from "../../src/actions/end-accident.ts";
import { erasePast } from "../../src/actions/erase-past.ts";
import { expireAccidents } from "../../src/actions/expire-accidents.ts";
import { openAccident } from "../../src/actions/open-accident.ts";
import { type Context, createContext, type Overrides } from "../../src/context.ts";
import type { Accident } from "../../src/domain/accident.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { eraseCommand } from "../../src/jobs/erase-command.ts";
import { createJobs } from "../../src/jobs/jobs.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { capturedLog } from "../support/captured-log.ts";
import { shiftedClock } from "../support/clocks.ts";
import { closeDatabase } from "../support/database.ts";
import { passTime } from "../support/pass-time.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 366 * DAY_MS;

let app: TestApp;
const others: Context[] = [];
let cases: { running: Accident; over: Accident };
before(async () => {
  app = await startApp({ clock: shiftedClock() });
});
after(async () => {
  await app.stop();
  await closeDatabase();
});

/** A running and a finished case on a database of their own, and a process that has just read the time. */
beforeEach(async () => {
  for (const other of others.splice(0)) await other.close();
  await app.stop();
  app = await startApp({ clock: shiftedClock() });
  const [running, over] = [await open(app.ctx), await open(app.ctx)];
  await endAccident(app.ctx, { accidentId: over.id, letter: "A", code: "withdrawn" });
  await app.settle();
  cases = { running, over: await app.ctx.accidents.get(over.id) };
});

async function open(ctx: Context): Promise<Accident> {
  const person = await ctx.people.see(`o_${ctx.randomId()}`);
  return openAccident(ctx, { person, textVersion: NOTICE_VERSION, answer: { vehicles: "two", conditions: [] } });
}

/** Another process on the same data. */
async function another(clocks: Pick<Overrides, "clock" | "databaseClock">) {
  const { log, lines } = capturedLog();
  const ctx = await createContext(app.config, { ...clocks, log, databaseUri: app.databaseUri });
  others.push(ctx);
  const said = () => lines.map((line) => JSON.parse(line).msg as string);
  return { ctx, said };
}

function ahead(ms: number) {
  const clock = shiftedClock();
  clock.advance(ms);
  return clock;
}

async function assertUntouched(): Promise<void> {
  const { accidents, people } = app.ctx;
  const [running, over] = [await accidents.get(cases.running.id), await accidents.get(cases.over.id)];
  assert.equal(running.ended, null);
  assert.deepEqual(over.events, cases.over.events);
  for (const { parties } of [running, over]) assert.ok(await people.find(parties.A.identity.personId));
  assert.deepEqual(await app.ctx.retention.countMarked(), { cases: 0, people: 0 });
}

describe("a process whose clock is not the database's", () => {
  for (const [name, ms] of [
    ["25 hours ahead", 25 * HOUR_MS],
    ["four years ahead", 4 * YEAR_MS],
    ["a day behind", -DAY_MS],
    ["six minutes ahead", 6 * 60_000],
  ] as const) {
    it(`${name} ends and erases nothing, and says so once`, async () => {
      const { ctx, said } = await another({ clock: ahead(ms), databaseClock: "measured" });
      assert.equal(await expireAccidents(ctx), 0);
      assert.equal(await erasePast(ctx), 0);
      await createJobs(ctx).settle();
      await assertUntouched();
      assert.equal(said().filter((msg) => msg === "endings.refused").length, 1);
      const { erasure } = (await ctx.health.values()) as { erasure: { refusedBy: string } };
      assert.equal(erasure.refusedBy, "clock-differs");
    });
  }

  it("writes the database's time into what it does", async () => {
    const { ctx } = await another({ clock: ahead(-25 * HOUR_MS), databaseClock: "measured" });
    const { openedAt, events } = await open(ctx);
    for (const at of [openedAt, ...events.map((event) => event.at)])
      assert.ok(Math.abs(at.getTime() - Date.now()) < HOUR_MS, at.toISOString());
  });
});

describe("a process whose clock is wrong together with the database's", () => {
  it("25 hours ahead ends what has really been idle for a day, and nothing else", async () => {
    const clock = ahead(25 * HOUR_MS);
    const process = { ...(await another({ clock })), clock };
    assert.equal(await expireAccidents(process.ctx), 0);
    await createJobs(process.ctx).settle();
    await passTime(process, 22 * HOUR_MS);
    assert.equal(await expireAccidents(process.ctx), 0);
    await assertUntouched();
    assert.equal(process.said().filter((msg) => msg === "clock.gap").length, 1);
    await passTime(process, 3 * HOUR_MS);
    assert.equal(await expireAccidents(process.ctx), 1);
  });

  it("four years ahead erases nothing, however long it runs, until the operator says that the time is right", async () => {
    const clock = ahead(4 * YEAR_MS);
    const process = { ...(await another({ clock })), clock };
    await createJobs(process.ctx).settle();
    for (let day = 0; day < 30; day++) {
      await passTime(process, DAY_MS, DAY_MS / 2);
      assert.equal(await erasePast(process.ctx), 0);
    }
    assert.equal((await app.ctx.accidents.get(cases.over.id)).id, cases.over.id);
    assert.equal(process.said().filter((msg) => msg === "erase.waits-for-word").length, 1);
    const { erasure } = (await process.ctx.health.values()) as { erasure: { unwitnessedDays: number } };
    assert.ok(erasure.unwitnessedDays >= 4 * 365);

    assert.equal(await command(process.ctx, "trust-clock"), 0);
    assert.equal(await erasePast(process.ctx), 0, "marked first");
    assert.ok(await process.ctx.accidents.find(cases.over.id));
    await passTime(process, DAY_MS);
    assert.ok((await erasePast(process.ctx)) > 0);
    assert.equal(await process.ctx.accidents.find(cases.over.id), null);
  });

  it("and set right again goes on as if nothing had been", async () => {
    const clock = ahead(4 * YEAR_MS);
    const process = { ...(await another({ clock })), clock };
    await createJobs(process.ctx).settle();
    clock.advance(-4 * YEAR_MS);
    await passTime(process, 20 * HOUR_MS);
    assert.equal(await expireAccidents(process.ctx), 0);
    await assertUntouched();
    const { unwitnessedDays } = await process.ctx.witness.state();
    assert.equal(unwitnessedDays, 0);
    await passTime(process, 5 * HOUR_MS);
    assert.equal(await expireAccidents(process.ctx), 1);
  });
});

describe("what is past", () => {
  /** Twelve cases that are over, three years and some days ago. */
  async function longAgo() {
    for (let n = 0; n < 11; n++) {
      const { id } = await open(app.ctx);
      await endAccident(app.ctx, { accidentId: id, letter: "A", code: "withdrawn" });
    }
    await app.settle();
    await passTime(app, 3.02 * YEAR_MS, 6 * DAY_MS);
    assert.equal(await erasePast(app.ctx), 0);
  }

  it("is erased ten a day where there is little, more only by the operator's word", async () => {
    await longAgo();
    assert.deepEqual(await app.ctx.retention.countMarked(), { cases: 12, people: 13 });
    await passTime(app, DAY_MS);
    // midnight must not come in between
    app.clock.advance(DAY_MS - (app.clock.now().getTime() % DAY_MS) + HOUR_MS);
    assert.equal(await erasePast(app.ctx), 20);
    assert.equal(await erasePast(app.ctx), 0);
    assert.match(app.logged(), /erase\.limit-reached/);
    assert.deepEqual(await app.ctx.retention.countMarked(), { cases: 2, people: 3 });
    const { ctx: second } = await another({ clock: app.clock });
    assert.equal(await erasePast(second), 0, "the day's measure is that of all processes");
    assert.equal(await command(second, "allow", "2"), 0);
    assert.equal(await erasePast(second), 4);
    await passTime(app, DAY_MS);
    assert.equal(await erasePast(app.ctx), 1, "the next day has its own");
  });

  it("is no longer past when something happens to it after the mark", async () => {
    await longAgo();
    const { over } = cases;
    await app.ctx.accidents.change(over.id, (accident) => ({
      accident,
      events: [{ type: "language-chosen", by: "A", data: { language: "en" } }],
    }));
    assert.equal((await app.ctx.retention.countMarked()).cases, 11);
    await passTime(app, 2 * DAY_MS);
    await erasePast(app.ctx);
    await passTime(app, 2 * DAY_MS);
    await erasePast(app.ctx);
    assert.ok(await app.ctx.accidents.find(over.id));
    assert.deepEqual((await app.ctx.retention.countMarked()).cases, 0);
  });
});

async function command(ctx: Context, ...words: string[]): Promise<number> {
  return eraseCommand(ctx, words, () => {});
}
