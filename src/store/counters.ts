import { type Connection, Schema } from "mongoose";
import { unlessThere } from "./duplicate.ts";

const schema = new Schema<{ _id: string; value: number }>(
  { _id: String, value: Number },
  { collection: "counters", versionKey: false, autoIndex: false, autoCreate: false },
);

export interface Counters {
  /** Returns 1, 2, 3 … for each name, over all processes. */
  next(name: string): Promise<number>;
}

export function createCounters(connection: Connection): Counters {
  const model = connection.model("Counter", schema);
  return {
    async next(name) {
      const counted = () =>
        model
          .findOneAndUpdate({ _id: name }, { $inc: { value: 1 } }, { returnDocument: "after" })
          .lean<{ value: number }>();
      const known = await counted();
      if (known) return known.value;
      // Inserted first, then counted: concurrent upserts may each be answered with 1 (seen with DocumentDB).
      await model.updateOne({ _id: name }, { $setOnInsert: { value: 0 } }, { upsert: true }).catch(unlessThere);
      return ((await counted()) as { value: number }).value;
    },
  };
}
