import type { Context } from "../context.ts";

type Counts = NonNullable<Awaited<ReturnType<Context["keptCounts"]["read"]>>>;
type Undelivered = Awaited<ReturnType<Context["deliveries"]["listStates"]>>[number];

/** Reads no more than this: the counts say that there are more. */
export const MOST_COUNTED = 5_000;

/** Counts what waits and keeps the counts for `/metrics` of every process. */
export async function countQueues(ctx: Context): Promise<0> {
  const { accidents, blobs, clock, deliveries, disputes: desk, inbox, keptCounts } = ctx;
  const [undelivered, outboxSince, inboxSince, damagedFiles, disputes] = await Promise.all([
    deliveries.listStates(MOST_COUNTED),
    accidents.findOutboxSince(),
    inbox.findKeptSince(),
    blobs.scrub.countDamaged(),
    desk.counts(),
  ]);
  const isLimited = undelivered.length === MOST_COUNTED;
  const counted = { deliveries: byKind(undelivered), claims: byInsurer(undelivered), isLimited };
  await keptCounts.save({ at: clock.now(), ...counted, outboxSince, inboxSince, damagedFiles, disputes });
  return 0;
}

function byKind(all: readonly Undelivered[]): Counts["deliveries"] {
  const counts = new Map<string, Counts["deliveries"][number]>();
  for (const { kind, state, createdAt } of all) {
    const known = counts.get(`${kind} ${state}`) ?? { kind, state, count: 0, oldestAt: createdAt };
    const oldestAt = createdAt < known.oldestAt ? createdAt : known.oldestAt;
    counts.set(`${kind} ${state}`, { ...known, count: known.count + 1, oldestAt });
  }
  return [...counts.values()];
}

function byInsurer(all: readonly Undelivered[]): Counts["claims"] {
  const counts = new Map<string, Counts["claims"][number]>();
  for (const { kind, state, target: insurer } of all) {
    if (kind !== "claim") continue;
    const known = counts.get(`${insurer} ${state}`) ?? { insurer, state, count: 0 };
    counts.set(`${insurer} ${state}`, { ...known, count: known.count + 1 });
  }
  return [...counts.values()];
}
