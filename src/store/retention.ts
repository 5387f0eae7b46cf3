import type { Connection } from "mongoose";
import type { Blobs } from "./blobs.ts";

/** Ends the storage of personal data when its time is over (PIPL art. 19 and 47). */
export interface Retention {
  /** ids of accidents whose last event is older than `before` and that still have their key */
  listPast(before: Date, limit: number): Promise<string[]>;
  /** Forgets the accident's key, so that nothing sealed under it opens again, and removes photographs, papers and what was sent. Number, times and the chain of events stay. */
  erase(accidentId: string): Promise<void>;
  /** Forgets people who have not spoken to the account since. Returns how many. */
  forgetUnseen(before: Date): Promise<number>;
}

export function createRetention(connection: Connection, blobs: Pick<Blobs, "removeAll">): Retention {
  const accidents = connection.collection("accidents");
  const [deliveries, notices] = [connection.collection("deliveries"), connection.collection("notices")];
  const likenesses = connection.collection("photo_hashes");
  return {
    async listPast(before, limit) {
      // The opening has an index with the status; who has heard of his claim since is not among them.
      const past = {
        status: { $in: ["concluded", "ended"] },
        openedAt: { $lt: before },
        "events.at": { $not: { $gte: before } },
      };
      const found = await accidents.find(past, { projection: { _id: 1 }, limit }).toArray();
      return found.map(({ _id }) => String(_id));
    },
    async erase(accidentId) {
      // Everything else first: while the key is there the accident is listed, so that a crash in between is made good.
      await blobs.removeAll(accidentId);
      await deliveries.deleteMany({ accidentId });
      await notices.deleteMany({ _id: startingWith(`${accidentId}-`) as never });
      await likenesses.deleteMany({ _id: startingWith(`${accidentId}/`) as never });
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
    },
    async forgetUnseen(before) {
      return (await connection.collection("people").deleteMany({ seenAt: { $lt: before } })).deletedCount;
    },
  };
}

/** A range, which the index answers: notices and photographs are numbered after their accident. */
const startingWith = (prefix: string) => ({ $gte: prefix, $lt: `${prefix}\u{10ffff}` });
