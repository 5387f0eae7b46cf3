import type { Connection } from "mongoose";
import { bare } from "./bulk.ts";

/** An accident with files that nothing needs, since when. */
export interface SpareMark {
  id: string;
  at: Date;
}

/** Which accidents have files that nothing needs; each write that may leave some sets the mark. */
export interface SpareMarks {
  /** Lists marks that were set last at `before` or earlier, oldest first. */
  list(before: Date, limit: number): Promise<SpareMark[]>;
  /** Removes a mark unless it was set again meanwhile. */
  clear(mark: SpareMark): Promise<void>;
}

interface AccidentRow {
  _id: string;
  sparesAt?: Date;
}

export async function createSpareMarks(connection: Connection): Promise<SpareMarks> {
  const accidents = bare<AccidentRow>(connection, "accidents");
  await accidents.createIndex({ sparesAt: 1 }, { sparse: true });
  return {
    async list(before, limit) {
      const options = { projection: { sparesAt: 1 as const }, sort: { sparesAt: 1 as const }, limit };
      const found = await accidents
        .find({ sparesAt: { $lte: before }, "parts.hold.at": { $exists: false } }, options)
        .toArray();
      return found.map(({ _id, sparesAt }) => ({ id: _id, at: sparesAt as Date }));
    },
    async clear({ id, at }) {
      await accidents.updateOne({ _id: id, sparesAt: at }, { $unset: { sparesAt: 1 } });
    },
  };
}
