import type { Context } from "../context.ts";
import type { Lane } from "./lanes.ts";
import type { Leased } from "./run-job.ts";

/**
 * Leases the next delivery of a lane, or returns null. `done` must be called when the work on it has ended.
 */
export type Queue = () => Promise<(Leased & { done: () => void }) | null>;

type Wanted = Parameters<Context["deliveries"]["claimDue"]>[0];

/** Chooses the order in which a lane takes due deliveries. */
export function queueOf(ctx: Context, lane: Lane): Queue {
  if (lane.order === "by-insurer") return byInsurer(ctx, lane);
  if (lane.order === "urgent-first") return urgentFirst(ctx, lane);
  const { kind, leaseMs, idleKind } = lane;
  const wanted = idleKind ? [{ kind }, { kind: idleKind }] : [{ kind }];
  return () => firstOf(ctx, leaseMs, wanted);
}

/**
 * Takes claims of each insurer in turn, up to as many at once as its circuit allows: one that does not answer
 * delays nobody else's claims, and none of its own are taken while its circuit is open.
 */
function byInsurer(ctx: Context, { kind, leaseMs }: Lane): Queue {
  const running = new Map<string, number>();
  const change = (target: string, by: number) => running.set(target, (running.get(target) ?? 0) + by);
  let last = "";
  return async () => {
    const waiting = await ctx.deliveries.listWaitingTargets(kind);
    for (const target of startingBehind(last, waiting)) {
      if ((running.get(target) ?? 0) >= ctx.insurers.places(target)) continue;
      const leased = await firstOf(ctx, leaseMs, [{ kind, target }]);
      if (!leased) continue;
      last = target;
      change(target, 1);
      return { ...leased, done: () => change(target, -1) };
    }
    return null;
  };
}

const startingBehind = (last: string, names: readonly string[]): string[] => [
  ...names.filter((name) => name > last),
  ...names.filter((name) => name <= last),
];

/** Every fifth delivery is the one that has been due longest, so that non-urgent ones are not starved. */
const OLDEST_EVERY = 5;

function urgentFirst(ctx: Context, { kind, leaseMs }: Lane): Queue {
  let taken = 0;
  return async () => {
    const urgent = { kind, urgent: true as const };
    const oldestFirst = taken % OLDEST_EVERY === OLDEST_EVERY - 1;
    const leased = await firstOf(ctx, leaseMs, oldestFirst ? [{ kind }] : [urgent, { kind }]);
    if (leased) taken++;
    return leased;
  };
}

const NOTHING = () => {};

/** The lease is counted from before the query, because its time is the database's. */
async function firstOf(ctx: Context, leaseMs: number, wanted: readonly Omit<Wanted, "leaseMs">[]) {
  for (const one of wanted) {
    const leasedAt = performance.now();
    const delivery = await ctx.deliveries.claimDue({ ...one, leaseMs });
    if (delivery) return { delivery, leasedAt, done: NOTHING };
  }
  return null;
}
