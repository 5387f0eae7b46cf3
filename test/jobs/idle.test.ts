import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Context } from "../../src/context.ts";
import { notice } from "../../src/domain/notice.ts";
import { createJobs, type Jobs } from "../../src/jobs/jobs.ts";
import { createWorkers } from "../../src/jobs/workers.ts";
import { startApp } from "../support/app.ts";
import { type ClaimsHouse, openClaimsHouse } from "../support/claims-house.ts";
import { standingClock } from "../support/clocks.ts";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { closeDatabase, databaseUri } from "../support/database.ts";
import { type PacedTimer, pacedTimer } from "../support/paced-timer.ts";

after(closeDatabase);

/** How many loops wait by the timer while nothing is to be done. */
const loopsOf = (ctx: Context, timer: PacedTimer): number =>
  createWorkers(ctx, timer).all.filter(({ pauseMs }) => pauseMs() !== null).length;

it("an idle process sends at most one command a second to its database", async (t) => {
  const proxy = await CuttingProxy.start(await databaseUri());
  const [clock, timer] = [standingClock(), pacedTimer()];
  const app = await startApp({ databaseUri: proxy.uri, clock, jobsTimer: timer, runJobs: true });
  try {
    // one more: messages that were acknowledged by a process that died
    const loops = loopsOf(app.ctx, timer) + 1;
    await timer.atRest(loops);
    const before = proxy.commands.length;
    const seconds = 1_200;
    for (let second = 0; second < seconds; second++) {
      clock.advance(1_000);
      timer.advance(1_000);
      await timer.atRest(loops);
    }
    const rate = (proxy.commands.length - before) / seconds;
    t.diagnostic(`${rate.toFixed(2)} commands a second`);
    assert.ok(rate <= 1, `${rate} commands a second`);
    assert.ok(rate > 0.2, "the rounds were done");
  } finally {
    await app.stop();
    await proxy.close();
  }
});

describe("a process that looks rarely", () => {
  let house: ClaimsHouse;
  let timer: PacedTimer;
  let jobs: Jobs;
  let loops: number;
  before(async () => {
    house = await openClaimsHouse();
    const { ctx } = await house.another();
    timer = pacedTimer();
    loops = loopsOf(ctx, timer);
    jobs = createJobs(ctx, { timer });
    jobs.start();
    await timer.atRest(loops);
  });
  after(async () => {
    await jobs.stop();
    await house.close();
  });

  const pass = async (ms: number): Promise<void> => {
    house.clock.advance(ms);
    timer.advance(ms);
    await timer.atRest(loops);
  };
  const arrived = (id: string) => house.insurers.arrivals("PICC").filter((one) => one.id.startsWith(id)).length;
  const until = async (what: () => boolean): Promise<void> => {
    while (!what()) await new Promise(setImmediate);
  };

  it("takes over within five seconds what another has written and left", async () => {
    const { id } = await house.conclude({ insurers: { A: "PICC", B: "PICC" } });
    await pass(5_000);
    await until(() => arrived(id) > 0);
  });

  it("takes over within five seconds what another has put among the deliveries and left", async () => {
    const { id } = await house.conclude({ insurers: { A: "PICC", B: "PICC" } });
    for (const outbox of await house.ctx.accidents.listOutbox(10)) {
      await house.ctx.deliveries.upsertFromOutbox(outbox);
      await house.ctx.accidents.pullOutbox(
        outbox.accidentId,
        outbox.entries.map((entry) => entry.id),
      );
    }
    await pass(5_000);
    await until(() => arrived(id) > 0);
  });
});

it("what is due at a known moment is taken then, not at the next look", async () => {
  const house = await openClaimsHouse();
  const { ctx } = await house.another();
  const timer = pacedTimer();
  const loops = loopsOf(ctx, timer);
  const jobs = createJobs(ctx, { timer });
  try {
    const { id } = await house.conclude({ forwarding: { A: false, B: false } });
    await house.jobs.settle();
    const tell = () =>
      house.ctx.accidents.change(id, (accident) => {
        const outbox = [notice(accident, "A", "may-move")];
        return { accident, events: [], outbox };
      });
    await tell();
    const [box] = await house.ctx.accidents.listOutbox(10);
    assert.ok(box);
    await house.ctx.deliveries.upsertFromOutbox(box);
    await house.ctx.accidents.pullOutbox(
      id,
      box.entries.map((entry) => entry.id),
    );
    const leased = await house.ctx.deliveries.claimDue({ kind: "notice", leaseMs: 15_000 });
    assert.ok(leased);
    const attempt = { n: 1, at: house.clock.now(), ms: 0, code: "waits", head: "" };
    await house.ctx.deliveries.postpone(leased, attempt, 1_500);
    jobs.start();
    await timer.atRest(loops);
    assert.equal((await house.ctx.deliveries.get(leased._id)).state, "pending");
    house.clock.advance(1_500);
    timer.advance(1_500);
    while ((await house.ctx.deliveries.get(leased._id)).attempts === 0) await new Promise(setImmediate);
  } finally {
    await jobs.stop();
    await house.close();
  }
});

describe("of two processes", () => {
  it("one does the rounds for both, and the other when the first has stopped", async () => {
    const house = await openClaimsHouse();
    const rounds: string[] = [];
    const start = async (name: string) => {
      const { ctx } = await house.another();
      const timer = pacedTimer();
      const repair = async () => {
        rounds.push(name);
        return ctx.deliveries.repair();
      };
      const watched = { ...ctx, deliveries: { ...ctx.deliveries, repair } };
      const jobs = createJobs(watched, { timer });
      const loops = loopsOf(ctx, timer);
      jobs.start();
      await timer.atRest(loops);
      const pass = async (ms: number) => {
        timer.advance(ms);
        await timer.atRest(loops);
      };
      return { jobs, pass };
    };
    try {
      const [first, second] = [await start("first"), await start("second")];
      for (let n = 0; n < 4; n++) {
        house.clock.advance(20_000);
        await first.pass(20_000);
        await second.pass(20_000);
      }
      assert.equal(new Set(rounds).size, 1);
      assert.ok(rounds.length >= 2);
      await first.jobs.stop();
      house.clock.advance(20_000);
      await second.pass(20_000);
      assert.equal(rounds.at(-1), "second");
      await second.jobs.stop();
    } finally {
      await house.close();
    }
  });

  it("the other leads when the first was killed: its lease has lapsed", async () => {
    const house = await openClaimsHouse();
    try {
      const [one, other] = [house.ctx, (await house.another()).ctx];
      assert.equal(await one.leases.take("rounds", "one", 60_000), true);
      assert.equal(await other.leases.take("rounds", "other", 60_000), false);
      house.clock.advance(59_000);
      assert.equal(await one.leases.take("rounds", "one", 60_000), true, "extended");
      house.clock.advance(59_000);
      assert.equal(await other.leases.take("rounds", "other", 60_000), false);
      house.clock.advance(2_000);
      assert.equal(await other.leases.take("rounds", "other", 60_000), true);
      assert.equal(await one.leases.take("rounds", "one", 60_000), false);
      await one.leases.give("rounds", "one");
      assert.equal(await other.leases.take("rounds", "other", 60_000), true, "what another has is not given back");
    } finally {
      await house.close();
    }
  });
});
