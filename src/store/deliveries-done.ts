import type { Connection } from "mongoose";
import { bare, insertFresh } from "./bulk.ts";
import { type Delivery, named } from "./delivery-document.ts";

/** Deliveries that are done, apart from the living ones, so that their number costs the workers nothing. */
export interface DoneDeliveries {
  find(id: string): Promise<Delivery | null>;
  /** those of these deliveries of one accident that are done */
  among(accidentId: string, ids: readonly string[]): Promise<Set<string>>;
  /**
   * Moves what was done before `before`. Copied first and deleted then: a crash in between repeats
   * harmlessly. Returns how many.
   */
  putAway(before: Date): Promise<number>;
  /** Removes what was done before `before`. Returns how many. */
  remove(before: Date): Promise<number>;
}

const AT_ONCE = 200;

export async function createDoneDeliveries(connection: Connection): Promise<DoneDeliveries> {
  const living = bare<Delivery>(connection, "deliveries");
  const done = bare<Delivery>(connection, "deliveries_done");
  await done.createIndex({ accidentId: 1 });
  await done.createIndex({ doneAt: 1 });
  return {
    find: (id) => done.findOne(named(id)) as Promise<Delivery | null>,
    async among(accidentId, ids) {
      const filter = { accidentId, _id: { $in: [...ids] } };
      const found = await done.find(filter, { projection: { _id: 1 } }).toArray();
      return new Set(found.map(({ _id }) => _id));
    },
    async putAway(before) {
      const filter = { state: "done" as const, doneAt: { $not: { $gt: before } } };
      const found = await living.find(filter, { limit: AT_ONCE }).toArray();
      if (found.length === 0) return 0;
      await insertFresh(done.insertMany(found, { ordered: false }));
      await living.deleteMany({ _id: { $in: found.map(({ _id }) => _id) }, state: "done" });
      return found.length;
    },
    async remove(before) {
      const filter = { doneAt: { $lt: before } };
      const found = await done.find(filter, { projection: { _id: 1 }, limit: AT_ONCE }).toArray();
      if (found.length === 0) return 0;
      await done.deleteMany({ _id: { $in: found.map(({ _id }) => _id) } });
      return found.length;
    },
  };
}
