import { type Connection, Schema } from "mongoose";

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
      const id = `${key}/${expiresAt}`;
      const counted = await model.findOneAndUpdate(
        { _id: id },
        { $inc: { used: 1 }, $setOnInsert: { until: new Date(expiresAt) } },
        { upsert: true, returnDocument: "after", projection: { used: 1 } },
      );
      return counted !== null && counted.used <= limit;
    },
  };
}
