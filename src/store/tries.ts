import { type Connection, Schema } from "mongoose";

interface TriesDocument {
  _id: string;
  left: number;
  until: Date;
}

const schema = new Schema<TriesDocument>(
  { _id: String, left: Number, until: Date },
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
      const fresh = { $setOnInsert: { left: limit, until: new Date(expiresAt) } };
      await model.updateOne({ _id: id }, fresh, { upsert: true });
      return (await model.updateOne({ _id: id, left: { $gt: 0 } }, { $inc: { left: -1 } })).matchedCount === 1;
    },
  };
}
