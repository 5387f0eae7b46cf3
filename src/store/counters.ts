import { type Connection, Schema } from "mongoose";

const schema = new Schema<{ _id: string; value: number }>(
  { _id: String, value: Number },
  { collection: "counters", versionKey: false, autoIndex: false, autoCreate: false },
);

export interface Counters {
  /** 1, 2, 3 … for each name, over all processes */
  next(name: string): Promise<number>;
}

export function createCounters(connection: Connection): Counters {
  const model = connection.model("Counter", schema);
  return {
    async next(name) {
      const options = { upsert: true, returnDocument: "after" as const };
      const counter = await model
        .findOneAndUpdate({ _id: name }, { $inc: { value: 1 } }, options)
        .lean<{ value: number }>();
      return (counter as { value: number }).value;
    },
  };
}
