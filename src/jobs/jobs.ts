import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "../context.ts";
import { createWorkers, type Worker } from "./workers.ts";

export interface Jobs {
  start(): void;
  /** Takes nothing new and finishes what runs, for at most 7 s; the rest is picked up when its lease has lapsed. */
  stop(): Promise<void>;
  /** Does everything that is due now, and what follows from it. For tests and scripts. */
  settle(): Promise<void>;
}

const JITTER = 0.2;
const DRAIN_MS = 7_000;

/** The clock's door: one loop for each lane, each up to its own concurrency. */
export function createJobs(ctx: Context): Jobs {
  const workers = createWorkers(ctx);
  const crew: Crew = { ctx, workers, pieces: new Set(), stopped: false };
  const loops: Promise<void>[] = [];
  ctx.onWake(workers[0].bell.ring);
  return {
    start: () => void loops.push(...workers.map((worker) => loop(crew, worker))),
    async stop() {
      crew.stopped = true;
      for (const { bell } of workers) bell.ring();
      const deadline = new AbortController();
      const late = sleep(DRAIN_MS, true, { signal: deadline.signal }).catch(() => false);
      // the loops first: one that is just taking something begins with it even now
      const drained = Promise.all(loops)
        .then(() => Promise.all(crew.pieces))
        .then(() => false);
      if (await Promise.race([drained, late])) ctx.log.warn({ code: "drain-timeout" }, "jobs.stopped");
      deadline.abort();
    },
    settle: () => settle(crew),
  };
}

interface Crew {
  ctx: Context;
  workers: Worker[];
  /** what runs at this moment, in all lanes */
  pieces: Set<Promise<void>>;
  stopped: boolean;
}

async function loop(crew: Crew, worker: Worker): Promise<void> {
  let busy = 0;
  while (!crew.stopped) {
    const work = busy < worker.concurrency ? await takeSafely(crew, worker) : null;
    if (!work) {
      await worker.bell.wait(worker.pollMs * (1 - JITTER + 2 * JITTER * Math.random()));
      continue;
    }
    busy++;
    void run(crew, work).finally(() => {
      busy--;
      worker.bell.ring();
    });
  }
}

/** The database may be away for a while: said once a round, tried again at the next. */
async function takeSafely({ ctx }: Crew, worker: Worker): Promise<(() => Promise<void>) | null> {
  try {
    return await worker.take();
  } catch (error) {
    const { code, name } = error as { code?: unknown; name?: string };
    ctx.log.error({ lane: worker.name, code: String(code ?? name) }, "jobs.lane-failed");
    return null;
  }
}

function run({ pieces }: Crew, work: () => Promise<void>): Promise<void> {
  const piece: Promise<void> = work().finally(() => pieces.delete(piece));
  pieces.add(piece);
  return piece;
}

/** Round after round until a whole one finds nothing and nothing runs. A fault is the caller's to see. */
async function settle(crew: Crew): Promise<void> {
  let found = true;
  while (found || crew.pieces.size > 0) {
    await Promise.all(crew.pieces);
    found = false;
    for (const worker of crew.workers) found = (await round(crew, worker)) || found;
  }
}

async function round(crew: Crew, worker: Worker): Promise<boolean> {
  const mine: Promise<void>[] = [];
  while (mine.length < worker.concurrency) {
    const work = await worker.take();
    if (!work) break;
    mine.push(run(crew, work));
  }
  await Promise.all(mine);
  return mine.length > 0;
}
