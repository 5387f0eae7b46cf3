import type { Connection } from "mongoose";
import { bare } from "./bulk.ts";
import { unlessThere } from "./duplicate.ts";

/** Limits how much one day may erase, over all processes. */
export interface Erasures {
  /**
   * Counts one of `kind` for the day of `at`. Returns false, and counts nothing, at the limit: `most` and
   * what the operator has added.
   */
  take(kind: Erased, most: number, at: Date): Promise<boolean>;
  /** Adds to the limit of each kind for the day of `at`, on the operator's command. */
  allow(more: number, at: Date): Promise<void>;
  of(at: Date): Promise<Record<Erased | "allowed", number>>;
}

export type Erased = "cases" | "people";

interface DayDocument extends Record<Erased | "allowed", number> {
  _id: string;
}

const NONE = { cases: 0, people: 0, allowed: 0 };
const dayOf = (at: Date) => at.toISOString().slice(0, 10);

export function createErasures(connection: Connection): Erasures {
  const collection = bare<DayDocument>(connection, "erasures");
  const allowedOn = async (_id: string) => {
    await collection.updateOne({ _id }, { $setOnInsert: NONE }, { upsert: true }).catch(unlessThere);
    return (await collection.findOne({ _id }))?.allowed ?? 0;
  };
  return {
    async take(kind, most, at) {
      const _id = dayOf(at);
      const limit = most + (await allowedOn(_id));
      return (await collection.updateOne({ _id, [kind]: { $lt: limit } }, { $inc: { [kind]: 1 } })).matchedCount === 1;
    },
    async allow(more, at) {
      const _id = dayOf(at);
      await allowedOn(_id);
      await collection.updateOne({ _id }, { $inc: { allowed: more } });
    },
    async of(at) {
      const { cases, people, allowed } = (await collection.findOne({ _id: dayOf(at) })) ?? NONE;
      return { cases, people, allowed };
    },
  };
}
