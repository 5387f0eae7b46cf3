import { type Connection, Schema } from "mongoose";
import { unlessThere } from "./duplicate.ts";

interface TriesDocument {
  _id: string;
  used: number;
  until: Date;
  /** of a sliding window: when each of those that count was counted, oldest first */
  at?: Date[];
}

const schema = new Schema<TriesDocument>(
  { _id: String, used: Number, until: Date, at: { type: [Date], default: undefined } },
  { collection: "tries", versionKey: false, autoIndex: false, autoCreate: false },
);
schema.index({ until: 1 }, { expireAfterSeconds: 3600 });

/** At most `limit` within any `windowMs`. */
export interface Window {
  limit: number;
  windowMs: number;
}

/** A window that ends at a moment. */
export interface Spell {
  windowMs: number;
  at: Date;
}

const PARTS = 12;

export interface Tries {
  /**
   * Counts one under `key` until the moment `expiresAt` (ms since 1970); false, and nothing counted, when
   * `limit` is reached.
   */
  count(key: string, limit: number, expiresAt: number): Promise<boolean>;
  /**
   * Counts one under `key` at `at`; false, and nothing counted, when the window that ends then has `limit` of
   * them.
   */
  slide(key: string, window: Window, at: Date): Promise<boolean>;
  /** Whether the window that ends at `at` has room for one more; counts nothing. */
  hasRoom(key: string, window: Window, at: Date): Promise<boolean>;
  /**
   * Counts `by` under `key` (0: nothing, less: taken back) and returns how many the window that ends at `at`
   * has. It is counted by twelfths of the window, of which one more is counted in: for limits of hundreds.
   */
  tally(key: string, spell: Spell, by: number): Promise<number>;
}

/**
 * Limits that end with a moment or slide with the time (tries of a code, calls a day), over all processes.
 */
export async function createTries(connection: Connection): Promise<Tries> {
  const model = connection.model("Tries", schema);
  await model.createIndexes();
  /** What lies in the window that ends at `end`, and how many were ever counted. */
  const look = async (key: string, { windowMs }: Window, end: Date) => {
    const known = await model.findOne({ _id: key }).lean<TriesDocument>();
    const since = end.getTime() - windowMs;
    return { used: known?.used ?? 0, at: (known?.at ?? []).filter((at) => at.getTime() > since) };
  };
  // Made first and counted then: upserts that meet may each be answered as the first (seen with DocumentDB).
  const make = (_id: string, until: Date) =>
    model.updateOne({ _id }, { $setOnInsert: { used: 0, until } }, { upsert: true }).catch(unlessThere);
  const add = async (_id: string, by: number, until: Date): Promise<void> => {
    const count = async () => (await model.updateOne({ _id }, { $inc: { used: by } })).matchedCount === 1;
    if (await count()) return;
    await make(_id, until);
    await count();
  };
  return {
    async count(key, limit, expiresAt) {
      const _id = `${key}/${expiresAt}`;
      const below = { _id, used: { $lt: limit } };
      const isCounted = async () => (await model.updateOne(below, { $inc: { used: 1 } })).modifiedCount === 1;
      if (await isCounted()) return true;
      await make(_id, new Date(expiresAt));
      return isCounted();
    },
    async slide(key, window, at) {
      // Each lost race is another one's count, so that the limit ends the loop.
      for (;;) {
        const seen = await look(key, window, at);
        if (seen.at.length >= window.limit) return false;
        const until = new Date(at.getTime() + window.windowMs);
        const next = { used: seen.used + 1, at: [...seen.at, at], until };
        if (seen.used === 0) await make(key, until);
        const { modifiedCount } = await model.updateOne({ _id: key, used: seen.used }, { $set: next });
        if (modifiedCount === 1) return true;
      }
    },
    async hasRoom(key, window, at) {
      return (await look(key, window, at)).at.length < window.limit;
    },
    async tally(key, { windowMs, at }, by) {
      const partMs = windowMs / PARTS;
      const now = Math.floor(at.getTime() / partMs);
      const idOf = (part: number) => `${key}/${windowMs}/${part}`;
      if (by !== 0) await add(idOf(now), by, new Date(at.getTime() + windowMs + partMs));
      const ids = Array.from({ length: PARTS + 1 }, (_, back) => idOf(now - back));
      const found = await model.find({ _id: { $in: ids } }, { used: 1 }).lean<Pick<TriesDocument, "used">[]>();
      return found.reduce((sum, { used }) => sum + used, 0);
    },
  };
}
