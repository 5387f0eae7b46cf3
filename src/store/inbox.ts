import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, type Model, type mongo, Schema } from "mongoose";
import { bytesOf } from "./accident-document.ts";
import { bare, errorsOf } from "./bulk.ts";
import { isDuplicate } from "./duplicate.ts";
import { repeatable } from "./repeat.ts";
import { placeIn } from "./shapes.ts";
import { together } from "./together.ts";
import type { Vault } from "./vault.ts";

interface InboxDocument {
  _id: string;
  holder: string;
  leaseUntil: Date;
  done: boolean;
  /** the answer, sealed, or as the platform gets it where that is ciphertext; neither, when it is done: nothing was said */
  sealedReply?: unknown;
  ciphertext?: string;
  expiresAt: Date;
  /** the message itself, sealed, while it is told to the platform as arrived and not done */
  kept?: { sealed: unknown; at: Date };
  /** how many processes have taken it over */
  takes?: number;
}

/** Longer than a signed push may be old, in both directions of the clock. */
const KEPT_MS = 30 * 60_000;

const schema = new Schema<InboxDocument>(
  { _id: String, expiresAt: Date },
  { collection: "inbox", versionKey: false, strict: false, autoIndex: false, autoCreate: false },
);
/** As long as the platform lets us answer a message. */
const KEPT_MESSAGE_MS = 48 * 3_600_000;
const MOST_TAKES = 3;

schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
schema.index({ "kept.at": 1 }, { sparse: true });

interface Lease {
  readonly key: string;
  readonly order: string;
  readonly isEncrypted: boolean;
  readonly holder: string;
  readonly leaseMs: number;
}

type State = { state: "new" } | { state: "running" } | { state: "done"; reply: string | null };

/** Every push once, over all processes and restarts: a unique key, a lease while it is worked on, its answer afterwards. Implements the port of wechat/. */
export async function createInbox(connection: Connection, vault: Vault, now: () => Date) {
  const model = connection.model("Push", schema) as unknown as Model<InboxDocument>;
  await model.createIndexes();
  const collection = bare<InboxDocument>(connection, "inbox");
  const { insert, finish } = writers(collection);
  // A keyed hash costs more than what is done with it, and every push asks two or three times.
  const ids = new WeakMap<object, string>();
  const idOf = (work: Pick<Lease, "key" | "order">): string => {
    const id = ids.get(work) ?? `${sortable(work.order)}${vault.personId(`push ${work.key}`)}`;
    ids.set(work, id);
    return id;
  };
  // to be forgotten with the answer
  const keptOnes = new WeakSet<object>();
  const kept = ({ isEncrypted }: Pick<Lease, "isEncrypted">, _id: string, reply: string | null) => {
    if (reply === null) return {};
    return isEncrypted ? { ciphertext: reply } : { sealedReply: vault.sealOwn(placeIn("inbox", _id, "reply"), reply) };
  };
  const after = (ms: number) => new Date(now().getTime() + ms);
  return {
    async begin(lease: Lease): Promise<State> {
      const { holder, leaseMs } = lease;
      const _id = idOf(lease);
      const fresh = { _id, holder, leaseUntil: after(leaseMs), done: false, expiresAt: after(KEPT_MS) };
      if (await insert(fresh)) return { state: "new" };
      const lapsed = { _id, done: false, leaseUntil: { $lte: now() } };
      const taken = await collection.updateOne(lapsed, { $set: { holder, leaseUntil: after(leaseMs) } });
      if (taken.matchedCount === 1) return { state: "new" };
      const known = await collection.findOne({ _id });
      // Our own attempt wrote it; its answer was lost.
      if (known?.holder === holder && !known.done) return { state: "new" };
      if (!known?.done) return { state: "running" };
      return {
        state: "done",
        reply: known.sealedReply
          ? vault.openOwn(placeIn("inbox", _id, "reply"), bytesOf(known.sealedReply))
          : (known.ciphertext ?? null),
      };
    },
    async renew(lease: Lease): Promise<void> {
      const { holder, leaseMs } = lease;
      await collection.updateOne({ _id: idOf(lease), holder, done: false }, { $set: { leaseUntil: after(leaseMs) } });
    },
    async keep(lease: Lease, message: string): Promise<void> {
      const { holder, key } = lease;
      const _id = idOf(lease);
      const sealed = vault.sealOwn(placeIn("inbox", _id, "message"), JSON.stringify({ key, message }));
      keptOnes.add(lease);
      const set = { kept: { sealed, at: now() }, expiresAt: after(KEPT_MESSAGE_MS) };
      await collection.updateOne({ _id, holder, done: false }, { $set: set });
    },
    async claimKept(holder: string, leaseMs: number): Promise<{ lease: Lease; message: string } | null> {
      const left = {
        "kept.at": { $exists: true },
        done: false,
        leaseUntil: { $lte: now() },
        takes: { $not: { $gte: MOST_TAKES } },
      };
      const found = await collection.findOneAndUpdate(
        left as object,
        { $set: { holder, leaseUntil: after(leaseMs) }, $inc: { takes: 1 } },
        { sort: { "kept.at": 1 }, returnDocument: "after" },
      );
      if (!found?.kept) return null;
      const { _id, kept } = found;
      const { key, message } = JSON.parse(vault.openOwn(placeIn("inbox", _id, "message"), bytesOf(kept.sealed))) as {
        key: string;
        message: string;
      };
      const lease = { key, order: "", isEncrypted: false, holder, leaseMs };
      ids.set(lease, _id);
      keptOnes.add(lease);
      return { lease, message };
    },
    async release(lease: Lease, afterMs: number): Promise<void> {
      const $set = { leaseUntil: after(afterMs) };
      const update = keptOnes.has(lease) ? { $set, $inc: { takes: -1 } } : { $set };
      const mine = { _id: idOf(lease), holder: lease.holder, done: false };
      // Should the count be lowered twice, another process may take it once more often.
      await repeatable(() => collection.updateOne(mine, update));
    },
    async finish(lease: Omit<Lease, "leaseMs">, reply: string | null): Promise<void> {
      const { holder } = lease;
      const _id = idOf(lease);
      const $set = { done: true, ...kept(lease, _id, reply) };
      await finish({ filter: { _id, holder }, update: keptOnes.has(lease) ? { $set, $unset: { kept: 1 } } : { $set } });
    },
  };
}

/** 64 bits in thirteen characters, whose order is that of the numbers. Ids at random would have every push write a page of its own. */
const sortable = (order: string) => BigInt(order).toString(36).padStart(13, "0");

/** Far less than the pause after which a repetition to another process asks again for the answer. */
const REST_MS = 30;

interface Finished {
  filter: { _id: string; holder: string };
  update: { $set: Partial<InboxDocument>; $unset?: { kept: 1 } };
}

/** Two writes for every push: pushes that come together share them. */
function writers(collection: mongo.Collection<InboxDocument>) {
  const insert = together<InboxDocument, boolean>({
    alone: (document) => repeatable(() => inserted(collection, document)),
    async group(documents) {
      const errors = await repeatable(() => errorsOf(collection.insertMany(documents, { ordered: false })));
      return documents.map((_, index) => {
        const error = errors.get(index);
        return error && !isDuplicate(error) ? error : !error;
      });
    },
  });
  const finish = together<Finished, void>({
    rest: () => sleep(REST_MS),
    async alone({ filter, update }) {
      await repeatable(() => collection.updateOne(filter, update));
    },
    async group(all) {
      const updates = all.map((updateOne) => ({ updateOne }));
      const errors = await repeatable(() => errorsOf(collection.bulkWrite(updates, { ordered: false })));
      return all.map((_, index) => errors.get(index));
    },
  });
  return { insert, finish };
}

async function inserted(collection: mongo.Collection<InboxDocument>, document: InboxDocument): Promise<boolean> {
  try {
    await collection.insertOne(document);
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}
