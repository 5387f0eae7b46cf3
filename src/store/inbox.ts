import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, type mongo, Schema } from "mongoose";
import { bare, errorsOf } from "./bulk.ts";
import { isDuplicate } from "./duplicate.ts";
import { repeatable } from "./repeat.ts";
import { bytesOf } from "./sealing.ts";
import { placeIn } from "./shapes.ts";
import { together } from "./together.ts";
import type { Vault } from "./vault.ts";

interface InboxDocument {
  _id: string;
  holder: string;
  leaseUntil: Date;
  done: boolean;
  /**
   * The answer: sealed, or (where the platform encrypts) as the ciphertext that was sent. Neither, once done:
   * there was no answer.
   */
  sealedReply?: unknown;
  ciphertext?: string;
  expiresAt: Date;
  /** The message itself, sealed, from its acknowledgement until it is done. */
  kept?: { sealed: unknown; at: Date };
  /** how often it was taken over from another process */
  takes?: number;
}

/** Longer than the accepted age of a signed push, in both directions. */
const KEPT_MS = 30 * 60_000;

const schema = new Schema<InboxDocument>(
  { _id: String, expiresAt: Date },
  { collection: "inbox", versionKey: false, strict: false, autoIndex: false, autoCreate: false },
);
/** The platform lets an account answer a message for 48 hours. */
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

/**
 * Handles each push once over all processes and restarts: a unique key, a lease, the kept answer. Implements
 * the port of wechat/.
 */
export async function createInbox(connection: Connection, vault: Vault, now: () => Date) {
  const model = connection.model<InboxDocument>("Push", schema);
  await model.createIndexes();
  const collection = bare<InboxDocument>(connection, "inbox");
  const base = { collection, vault, now, ...writers(collection), ...notes(vault) };
  return { ...answeringIn(base), ...keepingIn(base) };
}

/** What is remembered of a lease while this process has it. */
function notes(vault: Vault) {
  // Cached: a keyed hash is costly, and each push needs its id two or three times.
  const ids = new WeakMap<object, string>();
  const idOf = (work: Pick<Lease, "key" | "order">): string => {
    const id = ids.get(work) ?? `${sortable(work.order)}${vault.personId(`push ${work.key}`)}`;
    ids.set(work, id);
    return id;
  };
  // leases whose message is removed with the answer
  const keptOnes = new WeakSet<object>();
  return { ids, idOf, keptOnes };
}

type Base = ReturnType<typeof notes> &
  ReturnType<typeof writers> & { collection: mongo.Collection<InboxDocument>; vault: Vault; now: () => Date };

const later = (now: () => Date, ms: number) => new Date(now().getTime() + ms);

/** The verbs of a push that is answered while the platform waits. */
function answeringIn({ collection, vault, now, insert, finish, idOf, keptOnes }: Base) {
  const after = (ms: number) => later(now, ms);
  const kept = ({ isEncrypted }: Pick<Lease, "isEncrypted">, _id: string, reply: string | null) => {
    if (reply === null) return {};
    return isEncrypted ? { ciphertext: reply } : { sealedReply: vault.sealOwn(placeIn("inbox", _id, "reply"), reply) };
  };
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
      // This process wrote it, and the answer to the write was lost.
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
    async finish(lease: Omit<Lease, "leaseMs">, reply: string | null): Promise<void> {
      const { holder } = lease;
      const _id = idOf(lease);
      const $set = { done: true, ...kept(lease, _id, reply) };
      await finish({ filter: { _id, holder }, update: keptOnes.has(lease) ? { $set, $unset: { kept: 1 } } : { $set } });
    },
  };
}

/** The verbs of a message that was acknowledged first and is answered later. */
function keepingIn({ collection, vault, now, ids, idOf, keptOnes }: Base) {
  const after = (ms: number) => later(now, ms);
  return {
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
        left,
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
    async findKeptSince(): Promise<Date | null> {
      const options = { sort: { "kept.at": 1 as const }, projection: { kept: 1 } };
      return (await collection.findOne({ "kept.at": { $exists: true }, done: false }, options))?.kept?.at ?? null;
    },
    async release(lease: Lease, afterMs: number): Promise<void> {
      const $set = { leaseUntil: after(afterMs) };
      const update = keptOnes.has(lease) ? { $set, $inc: { takes: -1 } } : { $set };
      const mine = { _id: idOf(lease), holder: lease.holder, done: false };
      // Should the count be lowered twice, another process may take it once more often.
      await repeatable(() => collection.updateOne(mine, update));
    },
  };
}

/**
 * 64 bits as thirteen characters that sort as the numbers do: random ids would make each push write an index
 * page of its own.
 */
const sortable = (order: string) => BigInt(order).toString(36).padStart(13, "0");

/** Far less than the pause after which a process asks again for another one's answer. */
const REST_MS = 30;

interface Finished {
  filter: { _id: string; holder: string };
  update: { $set: Partial<InboxDocument>; $unset?: { kept: 1 } };
}

/** The two writes of every push; concurrent pushes share them. */
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
