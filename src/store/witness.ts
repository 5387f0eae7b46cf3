import type { Connection } from "mongoose";
import { afterStep, GAP_MS, type Gap, LONG_GAP_MS, witnessedAgo } from "../domain/witnessed-time.ts";
import type { Log } from "../log.ts";
import { bare } from "./bulk.ts";
import type { DatabaseClock } from "./database-clock.ts";
import { unlessThere } from "./duplicate.ts";

/** Time to rely on for what cannot be undone. */
export interface WitnessedTime {
  now: Date;
  /** The moment `ms` of witnessed time ago; gaps up to `ignoring` (ms, 0 unless told) count as time. */
  ago(ms: number, ignoring?: number): Date;
}

/**
 * Records in the database until when processes have been running. The database's clock alone is no proof: it
 * may be the clock of the same machine, and one that starts years ahead looks like one that was off for
 * years. In both cases nothing may end or be erased for the time in between.
 */
export interface Witness {
  /**
   * Records the time; call it at least every hour. Returns null where the clocks of the database and of this
   * machine differ by more than five minutes.
   */
  look(): Promise<WitnessedTime | null>;
  /** Counts all gaps as time, on the operator's command. Returns how many there were. */
  trust(): Promise<number>;
  /** for `/readyz` and the command */
  state(): Promise<{ refusedBy: "clock-differs" | null; unwitnessedDays: number }>;
}

interface WitnessDocument {
  _id: "time";
  seenAt: Date;
  gaps: Gap[];
}

export const MOST_DIFFERENCE_MS = 300_000;
const DAY_MS = 86_400_000;
/** Enough for a machine that is off every night for three years. */
const GAPS_KEPT = 1_100;

export interface WitnessOptions {
  connection: Connection;
  clock: DatabaseClock;
  log: Log;
}

export function createWitness({ connection, clock, log }: WitnessOptions): Witness {
  const collection = bare<WitnessDocument>(connection, "witness");
  const _id = "time" as const;
  let wasRefused = false;

  const isRefused = (): boolean => {
    const differenceMs = clock.differenceMs();
    const refused = Math.abs(differenceMs) > MOST_DIFFERENCE_MS;
    if (refused && !wasRefused) log.error({ code: "clock-differs", differenceMs }, "endings.refused");
    if (!refused && wasRefused) log.info({ differenceMs }, "endings.resumed");
    wasRefused = refused;
    return refused;
  };

  const known = async (): Promise<WitnessDocument> => {
    const found = await collection.findOne({ _id });
    if (found) return found;
    // Without a record yet, the latest visit of a person is the last time witnessed.
    const options = { sort: { seenAt: -1 as const }, projection: { seenAt: 1 as const } };
    const newest = await bare<{ _id: string; seenAt: Date }>(connection, "people").findOne({}, options);
    const first = { seenAt: newest?.seenAt ?? clock.now(), gaps: [] };
    await collection.updateOne({ _id }, { $setOnInsert: first }, { upsert: true }).catch(unlessThere);
    return (await collection.findOne({ _id })) as WitnessDocument;
  };

  /** Of several processes one writes the time; the others need not. */
  const note = async ({ seenAt, gaps }: WitnessDocument, now: Date): Promise<Gap[]> => {
    const next = afterStep(gaps, seenAt, now).slice(-GAPS_KEPT);
    const noted = await collection.updateOne({ _id, seenAt }, { $set: { seenAt: now, gaps: next } });
    const byMs = now.getTime() - seenAt.getTime();
    if (noted.matchedCount === 1 && byMs > LONG_GAP_MS)
      log.error({ code: "time-unwitnessed", days: Math.round(byMs / DAY_MS) }, "erase.waits-for-word");
    else if (noted.matchedCount === 1 && Math.abs(byMs) > GAP_MS) log.warn({ byMs }, "clock.gap");
    return next;
  };

  return {
    async look() {
      if (isRefused()) return null;
      const before = await known();
      const now = clock.now();
      const gaps = await note(before, now);
      return { now, ago: (ms, ignoring = 0) => witnessedAgo(now, ms, gaps, ignoring) };
    },
    async trust() {
      const { gaps } = await known();
      await collection.updateOne({ _id }, { $set: { seenAt: clock.now(), gaps: [] } });
      return gaps.length;
    },
    async state() {
      const gaps = (await collection.findOne({ _id }))?.gaps ?? [];
      const long = gaps.map(({ from, to }) => to.getTime() - from.getTime()).filter((ms) => ms > LONG_GAP_MS);
      const days = Math.round(long.reduce((sum, ms) => sum + ms, 0) / DAY_MS);
      return { refusedBy: isRefused() ? "clock-differs" : null, unwitnessedDays: days };
    },
  };
}
