import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../context.ts";
import { codeOf } from "../errors.ts";
import { SYSTEM_TIMER, type Timer } from "../timer.ts";
import { ASK_MS, createLeader, type Leader } from "./leader.ts";
import { createWorkers, type Worker } from "./workers.ts";

export interface Jobs {
  start(): void;
  /**
   * Takes nothing new and finishes running jobs, for at most 7 s; the rest is taken up when its lease has
   * expired.
   */
  stop(): Promise<void>;
  /** Does everything that is due now and what follows from it. For tests and scripts. */
  settle(): Promise<void>;
}

/** Of a process that leaves them to others. */
export const NO_JOBS: Jobs = { start() {}, async stop() {}, async settle() {} };

const DRAIN_MS = 7_000;

/**
 * Creates the background loops: one per lane, each up to its own concurrency. `timer` runs the waits between
 * their rounds.
 */
export function createJobs(ctx: Context, { timer = SYSTEM_TIMER }: { timer?: Timer } = {}): Jobs {
  const { all: workers, relay, lookOut } = createWorkers(ctx, timer);
  const leader = createLeader(ctx);
  const pool: Pool = { ctx, workers, leader, lookAgain: lookOut.ring, running: new Set(), stopped: false };
  const loops: Promise<void>[] = [];
  ctx.onWake((what) => (what === "outbox" ? relay : lookOut).ring());
  return {
    start: () => void loops.push(...workers.map((worker) => loop(pool, worker))),
    async stop() {
      pool.stopped = true;
      for (const { wakeUp } of workers) wakeUp.ring();
      const deadline = new AbortController();
      const late = sleep(DRAIN_MS, true, { signal: deadline.signal }).catch(() => false);
      // loops end first: one that is taking a delivery still starts it
      const drained = Promise.all(loops)
        .then(() => Promise.all(pool.running))
        .then(() => leader.resign())
        .then(
          () => false,
          () => false,
        );
      if (await Promise.race([drained, late])) ctx.log.warn({ code: "drain-timeout" }, "jobs.stopped");
      deadline.abort();
    },
    settle: () => settle(pool),
  };
}

interface Pool {
  ctx: Context;
  workers: Worker[];
  leader: Leader;
  /** to be called when a job has ended: its delivery may be due again, or another that waited behind it */
  lookAgain(): void;
  /** the jobs that run now, over all lanes */
  running: Set<Promise<void>>;
  stopped: boolean;
}

async function loop(pool: Pool, worker: Worker): Promise<void> {
  let busy = 0;
  while (!pool.stopped) {
    const leads = !worker.byLeader || (await leadsSafely(pool));
    const work = leads && busy < worker.concurrency ? await takeSafely(pool, worker) : null;
    if (!work) {
      await worker.wakeUp.wait(leads ? worker.pauseMs() : ASK_MS);
      continue;
    }
    busy++;
    void run(pool, work).finally(() => {
      busy--;
      worker.wakeUp.ring();
      pool.lookAgain();
    });
  }
}

/** An unreachable database is logged once per round and tried again in the next. */
async function takeSafely({ ctx }: Pool, worker: Worker): Promise<(() => Promise<void>) | null> {
  try {
    return await worker.take();
  } catch (error) {
    ctx.log.error({ lane: worker.name, code: codeOf(error) }, "jobs.lane-failed");
    return null;
  }
}

async function leadsSafely({ ctx, leader }: Pool): Promise<boolean> {
  try {
    return await leader.leads();
  } catch (error) {
    ctx.log.error({ lane: "leader", code: codeOf(error) }, "jobs.lane-failed");
    return false;
  }
}

function run({ running }: Pool, work: () => Promise<void>): Promise<void> {
  const piece: Promise<void> = work().finally(() => running.delete(piece));
  running.add(piece);
  return piece;
}

/** Runs rounds until a whole one finds nothing and nothing runs. Faults are thrown to the caller. */
async function settle(pool: Pool): Promise<void> {
  let found = true;
  while (found || pool.running.size > 0) {
    await Promise.all(pool.running);
    found = false;
    for (const worker of pool.workers) found = (await round(pool, worker)) || found;
  }
}

async function round(pool: Pool, worker: Worker): Promise<boolean> {
  const mine: Promise<void>[] = [];
  while (mine.length < worker.concurrency) {
    const work = await worker.take();
    if (!work) break;
    mine.push(run(pool, work));
  }
  await Promise.all(mine);
  return mine.length > 0;
}
