import { erasePast } from "../actions/erase-past.ts";
import { expireAccidents } from "../actions/expire-accidents.ts";
import type { Context } from "../context.ts";
import { type Bell, createBell } from "./bell.ts";
import { LANES, type Lane } from "./lanes.ts";
import { relayOutbox } from "./relay.ts";
import { runJob } from "./run-job.ts";

/** What one loop does, again and again. */
export interface Worker {
  name: string;
  concurrency: number;
  /** the floor under the wake-ups */
  pollMs: number;
  bell: Bell;
  /** Takes one piece of work and returns what does it, or null when there is none. */
  take(): Promise<(() => Promise<void>) | null>;
}

const POLL_MS = 1_000;
const REPAIR_MS = 5_000;
const EXPIRE_MS = 60_000;
const ERASE_MS = 3_600_000;

/** The relay first: a wake-up rings it, and what it has moved rings the lanes. */
export function createWorkers(ctx: Context): [Worker, ...Worker[]] {
  const lanes = LANES.map((lane) => laneWorker(ctx, lane));
  const ringLanes = () => {
    for (const { bell } of lanes) bell.ring();
  };
  const relay = roundWorker("relay", POLL_MS, async () => {
    const moved = await relayOutbox(ctx);
    if (moved > 0) ringLanes();
    return moved;
  });
  return [
    relay,
    ...lanes,
    roundWorker("repair", REPAIR_MS, () => ctx.deliveries.repair()),
    roundWorker("expire", EXPIRE_MS, () => expireAccidents(ctx)),
    roundWorker("erase", ERASE_MS, () => erasePast(ctx)),
  ];
}

function laneWorker(ctx: Context, lane: Lane): Worker {
  return {
    name: lane.kind,
    concurrency: lane.concurrency,
    pollMs: POLL_MS,
    bell: createBell(),
    async take() {
      // the lease runs from before the question: its own clock is the database's
      const leasedAt = performance.now();
      const delivery = await ctx.deliveries.claimDue(lane.kind, lane.leaseMs);
      return delivery && (() => runJob(ctx, lane, { delivery, leasedAt }));
    },
  };
}

/** Does its whole round in taking it. */
function roundWorker(name: string, pollMs: number, round: () => Promise<number>): Worker {
  const take = async () => ((await round()) > 0 ? async () => {} : null);
  return { name, concurrency: 1, pollMs, bell: createBell(), take };
}
