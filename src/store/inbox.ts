import { type Connection, type Model, Schema } from "mongoose";
import { bytesOf } from "./accident-document.ts";
import type { Vault } from "./vault.ts";

interface InboxDocument {
  _id: string;
  holder: string;
  leaseUntil: Date;
  done: boolean;
  /** the answer, sealed; null: nothing was said */
  sealedReply?: unknown;
  expiresAt: Date;
}

/** Longer than a signed push may be old, in both directions of the clock. */
const KEPT_MS = 30 * 60_000;

const schema = new Schema<InboxDocument>(
  { _id: String, expiresAt: Date },
  { collection: "inbox", versionKey: false, strict: false, autoIndex: false, autoCreate: false },
);
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

interface Lease {
  readonly key: string;
  readonly holder: string;
  readonly leaseMs: number;
}

type State = { state: "new" } | { state: "running" } | { state: "done"; reply: string | null };

/** Every push once, over all processes and restarts: a unique key, a lease while it is worked on, its answer afterwards. Implements the port of wechat/. */
export async function createInbox(connection: Connection, vault: Vault, now: () => Date) {
  const model = connection.model("Push", schema) as unknown as Model<InboxDocument>;
  await model.createIndexes();
  // Twice for every push: the driver's own collection, without mongoose's casting.
  const { collection } = model;
  const idOf = (key: string) => vault.personId(`push ${key}`);
  const after = (ms: number) => new Date(now().getTime() + ms);
  const update = (filter: object, set: Partial<InboxDocument>) =>
    collection.updateOne(filter as never, { $set: set } as never);
  return {
    async begin({ key, holder, leaseMs }: Lease): Promise<State> {
      const _id = idOf(key);
      const fresh = { _id, holder, leaseUntil: after(leaseMs), done: false, expiresAt: after(KEPT_MS) };
      if (await inserted(collection, fresh)) return { state: "new" };
      const lapsed = { _id, done: false, leaseUntil: { $lte: now() } };
      const taken = await update(lapsed, { holder, leaseUntil: after(leaseMs) });
      if (taken.matchedCount === 1) return { state: "new" };
      const known = await model.findOne({ _id }).lean<InboxDocument>();
      if (!known?.done) return { state: "running" };
      return {
        state: "done",
        reply: known.sealedReply ? vault.openOwn(`reply/${_id}`, bytesOf(known.sealedReply)) : null,
      };
    },
    async renew({ key, holder, leaseMs }: Lease): Promise<void> {
      await update({ _id: idOf(key), holder, done: false }, { leaseUntil: after(leaseMs) });
    },
    async finish({ key, holder, reply }: { key: string; holder: string; reply: string | null }): Promise<void> {
      const _id = idOf(key);
      const sealedReply = reply === null ? null : vault.sealOwn(`reply/${_id}`, reply);
      await update({ _id, holder }, { done: true, sealedReply });
    },
  };
}

async function inserted(collection: Model<InboxDocument>["collection"], document: InboxDocument): Promise<boolean> {
  try {
    await collection.insertOne(document as never);
    return true;
  } catch (error) {
    if ((error as { code?: number }).code === 11000) return false;
    throw error;
  }
}
