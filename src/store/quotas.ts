import { type Connection, Schema } from "mongoose";
import type { Vault } from "./vault.ts";

interface QuotaDocument {
  _id: string;
  left: number;
  until: Date;
}

const schema = new Schema<QuotaDocument>(
  { _id: String, left: Number, until: Date },
  { collection: "quotas", versionKey: false, autoIndex: false, autoCreate: false },
);
schema.index({ until: 1 }, { expireAfterSeconds: 3600 });

/** What may still be said to whom, and counters that end with a day. Each step is one atomic operation. Implements the port of wechat/. */
export async function createQuotas(connection: Connection, vault: Vault) {
  const model = connection.model("Quota", schema);
  await model.createIndexes();
  const idOf = (openid: string, name: string) => `${name}/${vault.personId(openid)}`;
  const names = ["message", "brief"] as const;
  return {
    async openWindow(openid: string, name: string, window: { left: number; until: number }) {
      const set = { left: window.left, until: new Date(window.until) };
      const earlier = { _id: idOf(openid, name), until: { $lte: set.until } };
      await ignoringDuplicate(model.updateOne(earlier, { $set: set }, { upsert: true }));
    },
    async takeFrom(openid: string, name: string, at: number) {
      const open = { _id: idOf(openid, name), left: { $gt: 0 }, until: { $gt: new Date(at) } };
      return (await model.updateOne(open, { $inc: { left: -1 } })).matchedCount === 1;
    },
    async windows(openid: string) {
      const found = await model.find({ _id: { $in: names.map((name) => idOf(openid, name)) } }).lean<QuotaDocument[]>();
      const entries = found.map((quota) => [
        quota._id.split("/")[0],
        { left: quota.left, until: quota.until.getTime() },
      ]);
      return Object.fromEntries(entries) as Partial<Record<"message" | "brief", { left: number; until: number }>>;
    },
    async closeWindows(openid: string) {
      await model.updateMany({ _id: { $in: names.map((name) => idOf(openid, name)) } }, { $set: { left: 0 } });
    },
    async count(key: string, limit: number, expiresAt: number) {
      const id = `count/${key}/${expiresAt}`;
      await ignoringDuplicate(
        model.updateOne({ _id: id }, { $setOnInsert: { left: limit, until: new Date(expiresAt) } }, { upsert: true }),
      );
      return (await model.updateOne({ _id: id, left: { $gt: 0 } }, { $inc: { left: -1 } })).matchedCount === 1;
    },
  };
}

/** An upsert that meets a document which its filter leaves out ends in 11000: for us that means "already there". */
async function ignoringDuplicate(work: PromiseLike<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if ((error as { code?: number }).code !== 11000) throw error;
  }
}
