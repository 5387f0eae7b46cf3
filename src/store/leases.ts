import type { Connection } from "mongoose";
import { bare } from "./bulk.ts";
import { unlessThere } from "./duplicate.ts";

interface LeaseDocument {
  _id: string;
  holder: string;
  until: Date;
}

/** Leases by name, one holder at a time over all processes; time is the database's. */
export interface Leases {
  /** Takes the lease, or extends the holder's own, for so long. False: another has it. */
  take(name: string, holder: string, ms: number): Promise<boolean>;
  /** Gives it back, so that another need not wait for its end; no effect where another has it. */
  give(name: string, holder: string): Promise<void>;
}

export function createLeases(connection: Connection, now: () => Date): Leases {
  const leases = bare<LeaseDocument>(connection, "leases");
  return {
    async take(name, holder, ms) {
      const until = new Date(now().getTime() + ms);
      const free = { _id: name, $or: [{ holder }, { until: { $lte: now() } }] };
      const extend = async () => (await leases.updateOne(free, { $set: { holder, until } })).matchedCount === 1;
      if (await extend()) return true;
      if (await leases.findOne({ _id: name })) return false;
      // Made without a holder first and taken then: upserts that meet may each be told that they made it.
      const unheld = { holder: "", until: new Date(0) };
      await leases.updateOne({ _id: name }, { $setOnInsert: unheld }, { upsert: true }).catch(unlessThere);
      return extend();
    },
    async give(name, holder) {
      await leases.updateOne({ _id: name, holder }, { $set: { holder: "", until: new Date(0) } });
    },
  };
}
