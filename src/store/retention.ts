import type { Connection } from "mongoose";
import type { ChainedEvent } from "../domain/accident.ts";

/** Ends the storage of personal data when its time is over (PIPL art. 19 and 47). */
export interface Retention {
  /** ids of accidents whose last event is older than `before` and that still have their key */
  listPast(before: Date, limit: number): Promise<string[]>;
  /** Forgets the accident's key, so that nothing sealed under it opens again, and removes photographs and papers. Number, times and the chain of events stay. */
  erase(accidentId: string): Promise<void>;
  /** Forgets people who have not spoken to the account since. Returns how many. */
  forgetUnseen(before: Date): Promise<number>;
}

export function createRetention(connection: Connection): Retention {
  const accidents = connection.collection("accidents");
  const [files, chunks] = [connection.collection("blobs.files"), connection.collection("blobs.chunks")];
  return {
    async listPast(before, limit) {
      // the last event is never older than the opening, which has an index with the status
      const over = { status: { $in: ["concluded", "ended"] }, openedAt: { $lt: before } };
      const found = await accidents.find(over, { projection: { events: { $slice: -1 } }, limit }).toArray();
      const past = found.filter(({ events }) => lastEventAt(events as ChainedEvent[]) < before);
      return past.map((document) => String(document._id));
    },
    async erase(accidentId) {
      const set = {
        status: "erased",
        wrappedKey: null,
        personIds: [],
        invitationHashes: [],
        claimRefs: [],
        parts: {},
        outbox: [],
      };
      await accidents.updateOne({ _id: accidentId as never }, { $set: set, $unset: { outboxAt: 1, runningOpener: 1 } });
      // "/" comes right before "0": all blobs of this accident, by their ids
      const own = { $gte: `${accidentId}/`, $lt: `${accidentId}0` };
      await chunks.deleteMany({ files_id: own });
      await files.deleteMany({ _id: own as never });
    },
    async forgetUnseen(before) {
      return (await connection.collection("people").deleteMany({ seenAt: { $lt: before } })).deletedCount;
    },
  };
}

const lastEventAt = (events: ChainedEvent[]): Date => events.at(-1)?.at ?? new Date(0);
