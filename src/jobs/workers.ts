import { deleteSpareFiles } from "../actions/delete-spare-files.ts";
import { erasePast } from "../actions/erase-past.ts";
import { expireAccidents } from "../actions/expire-accidents.ts";
import { scrubFile } from "../actions/scrub-file.ts";
import { tellLateClaims } from "../actions/tell-late-claims.ts";
import type { Context } from "../context.ts";
import { LANES, type Lane } from "./lanes.ts";
import { queueOf } from "./queues.ts";
import { relayOutbox } from "./relay.ts";
import { runJob } from "./run-job.ts";
import { createWakeUp, type WakeUp } from "./wake-up.ts";

/** One background loop. */
export interface Worker {
  name: string;
  concurrency: number;
  /** longest wait between rounds without a ring */
  pollMs: number;
  wakeUp: WakeUp;
  /** Takes one piece of work and returns the function that does it, or null when there is none. */
  take(): Promise<(() => Promise<void>) | null>;
}

const POLL_MS = 1_000;
const REPAIR_MS = 5_000;
const LATE_CLAIMS_MS = 60_000;
const EXPIRE_MS = 60_000;
const ERASE_MS = 3_600_000;
/** Remains of an interrupted upload live for less than an hour. */
const SWEEP_MS = 600_000;
const MINUTE_MS = 60_000;

/** The relay comes first: a wake-up rings it, and deliveries that it moved ring the lanes. */
export function createWorkers(ctx: Context): [Worker, ...Worker[]] {
  const lanes = LANES.map((lane) => laneWorker(ctx, lane));
  const wakeLanes = () => {
    for (const { wakeUp } of lanes) wakeUp.ring();
  };
  const failing = new Set<string>();
  const relay = roundWorker("relay", POLL_MS, async () => {
    const moved = await relayOutbox(ctx, failing);
    if (moved > 0) wakeLanes();
    return moved;
  });
  return [
    relay,
    ...lanes,
    roundWorker("repair", REPAIR_MS, () => ctx.deliveries.repair()),
    roundWorker("put-away", MINUTE_MS, () => ctx.deliveries.putAway()),
    roundWorker("late-claims", LATE_CLAIMS_MS, () => tellLateClaims(ctx)),
    roundWorker("expire", EXPIRE_MS, () => expireAccidents(ctx)),
    roundWorker("erase", ERASE_MS, () => erasePast(ctx)),
    roundWorker("spare-files", SWEEP_MS, () => deleteSpareFiles(ctx)),
    roundWorker("sweep", SWEEP_MS, () => ctx.blobs.sweep()),
    roundWorker("uploads", EXPIRE_MS, () => ctx.uploads.removeExpired()),
    ...scrubWorker(ctx),
  ];
}

function laneWorker(ctx: Context, lane: Lane): Worker {
  const next = queueOf(ctx, lane);
  return {
    name: lane.kind,
    concurrency: lane.concurrency,
    pollMs: POLL_MS,
    wakeUp: createWakeUp(),
    async take() {
      const leased = await next();
      return leased && (() => runJob(ctx, lane, leased).finally(leased.done));
    },
  };
}

/** Checks one file per round and never two in a row, so that it disturbs no driver. */
function scrubWorker(ctx: Context): Worker[] {
  const { perMinute } = ctx.config.scrub;
  const round = async () => {
    const file = await ctx.blobs.scrub.claim();
    if (file) await scrubFile(ctx, file);
    return 0;
  };
  return perMinute > 0 ? [roundWorker("scrub", MINUTE_MS / perMinute, round)] : [];
}

/** Makes a worker that does its whole round in `take`. */
function roundWorker(name: string, pollMs: number, round: () => Promise<number>): Worker {
  const take = async () => ((await round()) > 0 ? async () => {} : null);
  return { name, concurrency: 1, pollMs, wakeUp: createWakeUp(), take };
}
