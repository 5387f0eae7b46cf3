import { deleteSpareFiles } from "../actions/delete-spare-files.ts";
import { erasePast } from "../actions/erase-past.ts";
import { expireAccidents } from "../actions/expire-accidents.ts";
import { forgetAccess } from "../actions/forget-access.ts";
import { runClocks } from "../actions/run-clocks.ts";
import { scrubFile } from "../actions/scrub-file.ts";
import { tellLateClaims } from "../actions/tell-late-claims.ts";
import { voidLetterNumbers } from "../actions/void-letter-numbers.ts";
import type { Context } from "../context.ts";
import type { Timer } from "../timer.ts";
import { countQueues } from "./count-queues.ts";
import { LANES, type Lane } from "./lanes.ts";
import { createLookOut, LOOK_MS } from "./look-out.ts";
import { queueOf } from "./queues.ts";
import { relayOutbox } from "./relay.ts";
import { runJob } from "./run-job.ts";
import { createWakeUp, type WakeUp } from "./wake-up.ts";
import { calendarWarner } from "./warn-of-calendar.ts";

/** One background loop. */
export interface Worker {
  name: string;
  concurrency: number;
  /** done by one process for all */
  byLeader: boolean;
  /** Longest wait after a round that found nothing; null: until it is rung. */
  pauseMs(): number | null;
  wakeUp: WakeUp;
  /** Takes one piece of work and returns the function that does it, or null when there is none. */
  take(): Promise<(() => Promise<void>) | null>;
}

/** An outbox whose writer died is taken over within this time. */
const RELAY_MS = 5_000;
/** Makes good for a crash between two writes. */
const REPAIR_MS = 30_000;
const JITTER = 0.2;
const LATE_CLAIMS_MS = 60_000;
const EXPIRE_MS = 60_000;
/** Limits of a dispute are minutes and more. */
const CLOCKS_MS = 20_000;
const ERASE_MS = 3_600_000;
/** Remains of an interrupted upload live for less than an hour. */
const SWEEP_MS = 600_000;
const MINUTE_MS = 60_000;

export interface Workers {
  all: Worker[];
  /** rung when an outbox has a new entry */
  relay: WakeUp;
  /** rung when it has changed which delivery is due next */
  lookOut: WakeUp;
}

/**
 * Creates the loops. Relay and look-out ask the database, at times of their own and when they are rung; the
 * lanes only when one of the two rings them, or a job of theirs has ended.
 */
export function createWorkers(ctx: Context, timer: Timer): Workers {
  const lanes = LANES.map((lane) => laneWorker(ctx, lane, timer));
  const wakeLanes = () => {
    for (const { wakeUp } of lanes) wakeUp.ring();
  };
  const { look, pauseMs } = createLookOut(ctx, wakeLanes);
  const lookOut = { ...roundWorker(timer, "look-out", LOOK_MS, async () => look().then(() => 0)), pauseMs };
  const failing = new Set<string>();
  const relay = roundWorker(timer, "relay", RELAY_MS, async () => {
    const moved = await relayOutbox(ctx, failing);
    if (moved > 0) {
      wakeLanes();
      lookOut.wakeUp.ring();
    }
    return moved;
  });
  const rounds = leaderRounds(ctx, timer);
  return {
    all: [relay, lookOut, ...lanes, ...rounds, ...scrubWorker(ctx, timer)],
    relay: relay.wakeUp,
    lookOut: lookOut.wakeUp,
  };
}

/** What one process does for all. */
function leaderRounds(ctx: Context, timer: Timer): Worker[] {
  const rounds: [name: string, everyMs: number, round: () => Promise<number>][] = [
    ["repair", REPAIR_MS, () => ctx.deliveries.repair()],
    ["put-away", MINUTE_MS, () => ctx.deliveries.putAway()],
    ["remove-done", ERASE_MS, () => ctx.deliveries.removeDone()],
    ["count-queues", 2 * MINUTE_MS, () => countQueues(ctx)],
    ["late-claims", LATE_CLAIMS_MS, () => tellLateClaims(ctx)],
    ["expire", EXPIRE_MS, () => expireAccidents(ctx)],
    ["clocks", CLOCKS_MS, () => runClocks(ctx)],
    ["erase", ERASE_MS, () => erasePast(ctx)],
    ["access-log", ERASE_MS, () => forgetAccess(ctx)],
    ["spare-files", SWEEP_MS, () => deleteSpareFiles(ctx)],
    ["sweep", SWEEP_MS, () => ctx.blobs.sweep()],
    ["letter-numbers", SWEEP_MS, () => voidLetterNumbers(ctx)],
    ["calendar", ERASE_MS, calendarWarner(ctx)],
    ["uploads", EXPIRE_MS, () => ctx.uploads.removeExpired()],
  ];
  return rounds.map(([name, everyMs, round]) => ({ ...roundWorker(timer, name, everyMs, round), byLeader: true }));
}

function laneWorker(ctx: Context, lane: Lane, timer: Timer): Worker {
  const next = queueOf(ctx, lane);
  return {
    name: lane.kind,
    concurrency: lane.concurrency,
    byLeader: false,
    pauseMs: () => null,
    wakeUp: createWakeUp(timer),
    async take() {
      const leased = await next();
      return leased && (() => runJob(ctx, lane, leased).finally(leased.done));
    },
  };
}

/** Checks one file per round and never two in a row, so that it disturbs no driver. */
function scrubWorker(ctx: Context, timer: Timer): Worker[] {
  const { perMinute } = ctx.config.scrub;
  let foundOne = false;
  const round = async () => {
    const file = await ctx.blobs.scrub.claim();
    foundOne = file !== null;
    if (file) await scrubFile(ctx, file);
    return 0;
  };
  const worker = roundWorker(timer, "scrub", MINUTE_MS, round);
  const pauseMs = () => (foundOne ? jittered(MINUTE_MS / perMinute) : jittered(MINUTE_MS));
  return perMinute > 0 ? [{ ...worker, pauseMs }] : [];
}

/** So that several processes do not ask at one moment. */
const jittered = (ms: number): number => ms * (1 - JITTER * Math.random());

/** Makes a worker that does its whole round in `take`. */
function roundWorker(timer: Timer, name: string, everyMs: number, round: () => Promise<number>): Worker {
  const take = async () => ((await round()) > 0 ? async () => {} : null);
  const pauseMs = () => jittered(everyMs);
  return { name, concurrency: 1, byLeader: false, pauseMs, wakeUp: createWakeUp(timer), take };
}
