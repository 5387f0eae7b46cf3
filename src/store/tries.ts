import { type Connection, Schema } from "mongoose";
import { isDuplicate } from "./duplicate.ts";

interface TriesDocument {
  _id: string;
  used: number;
  until: Date;
}

const schema = new Schema<TriesDocument>(
  { _id: String, used: Number, until: Date },
  { collection: "tries", versionKey: false, autoIndex: false, autoCreate: false },
);
schema.index({ until: 1 }, { expireAfterSeconds: 3600 });

export interface Tries {
  /** Counts one under `key` until the moment `expiresAt` (ms since 1970); false, and nothing counted, when `limit` is reached. */
  count(key: string, limit: number, expiresAt: number): Promise<boolean>;
}

/** Limits that end with a moment (tries of a code, calls a day), over all processes. */
export async function createTries(connection: Connection): Promise<Tries> {
  const model = connection.model("Tries", schema);
  await model.createIndexes();
  return {
    async count(key, limit, expiresAt) {
      const _id = `${key}/${expiresAt}`;
      const update = { $inc: { used: 1 }, $setOnInsert: { until: new Date(expiresAt) } };
      const below = (upsert: boolean) => model.updateOne({ _id, used: { $lt: limit } }, update, { upsert });
      try {
        const { upsertedCount, modifiedCount } = await below(true);
        return upsertedCount + modifiedCount === 1;
      } catch (error) {
        // It is there: at its limit, or made by another process at the same time.
        if (!isDuplicate(error)) throw error;
        return (await below(false)).modifiedCount === 1;
      }
    },
  };
}
