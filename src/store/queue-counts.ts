import type { Connection } from "mongoose";
import { bare } from "./bulk.ts";
import { unlessThere } from "./duplicate.ts";

/** One kind of deliveries in one state. */
export interface DeliveryCount {
  kind: string;
  state: string;
  count: number;
  /** when the oldest was made */
  oldestAt: Date;
}

/** What waits, counted by one process for all and kept, so that looking at it costs one document. */
export interface QueueCounts {
  /** when it was counted */
  at: Date;
  deliveries: DeliveryCount[];
  /** undelivered claims */
  claims: { insurer: string; state: string; count: number }[];
  /** true: there are more deliveries than were counted */
  isLimited: boolean;
  /** since when the oldest outbox waits to be moved */
  outboxSince: Date | null;
  /** when the oldest push came that is acknowledged and not done */
  inboxSince: Date | null;
  damagedFiles: number;
  /** cases that wait for an officer, by what is asked */
  disputes: Record<string, number>;
}

export interface KeptCounts {
  save(counts: QueueCounts): Promise<void>;
  /** Returns what was counted last; null before the first time. */
  read(): Promise<QueueCounts | null>;
  noteBackup(at: Date): Promise<void>;
  /** Returns when the last backup was begun; null before the first one. */
  readBackupAt(): Promise<Date | null>;
}

export function createKeptCounts(connection: Connection): KeptCounts {
  const kept = bare<{ _id: string; counts: QueueCounts }>(connection, "queue_counts");
  const backups = bare<{ _id: string; at: Date }>(connection, "queue_counts");
  const _id = "queues";
  const backup = { _id: "backup" };
  return {
    async save(counts) {
      await kept.updateOne({ _id }, { $set: { counts } }, { upsert: true });
    },
    read: async () => (await kept.findOne({ _id }))?.counts ?? null,
    async noteBackup(at) {
      if ((await backups.updateOne(backup, { $set: { at } })).matchedCount === 0)
        await backups.insertOne({ ...backup, at }).catch(unlessThere);
    },
    readBackupAt: async () => (await backups.findOne(backup))?.at ?? null,
  };
}
