import type { Connection, Model } from "mongoose";
import { OUTBOX_KINDS, type OutboxEntry } from "../domain/accident.ts";
import { NotFound } from "../errors.ts";
import type { StoredEntry } from "./accident-document.ts";
import { createDoneDeliveries } from "./deliveries-done.ts";
import { ALIVE, isAlive, release, takeOver } from "./deliveries-taken-over.ts";
import { type Delivery, type DeliveryAttempt, type DeliveryState, deliverySchema, named } from "./delivery-document.ts";
import { bytesOf } from "./sealing.ts";

export type { Delivery, DeliveryAttempt, DeliveryState } from "./delivery-document.ts";

/** A lease. A write with an older token matches nothing. */
export interface Lease {
  _id: string;
  token: number;
}

/** Selects a delivery. */
export interface Wanted {
  kind: OutboxEntry["kind"];
  leaseMs: number;
  /** only for this target */
  target?: string;
  /** only urgent ones */
  urgent?: true;
}

export interface Deliveries {
  /** Copies an accident's outbox; idempotent. */
  upsertFromOutbox(outbox: { accidentId: string; entries: StoredEntry[] }): Promise<void>;
  /**
   * Leases the delivery that is due longest, or returns null. A lapsed lease (its worker died) is due again.
   */
  claimDue(wanted: Wanted): Promise<Delivery | null>;
  /** Lists of each delivery that is not done what is counted. */
  listStates(limit: number): Promise<Pick<Delivery, "kind" | "state" | "target" | "createdAt">[]>;
  /** Returns when the next delivery of any kind is due, or was; null: none ever is as it stands. */
  findNextDue(): Promise<Date | null>;
  /**
   * Lists targets with waiting deliveries of this kind, by name; one query for each target, however many
   * wait.
   */
  listWaitingTargets(kind: OutboxEntry["kind"]): Promise<string[]>;
  /**
   * Returns by kind for how many seconds the oldest due delivery has been due; kinds with none due are left
   * out.
   */
  findDueForS(): Promise<Record<string, number>>;
  /** Counts those of this kind that are due after that moment. */
  countDueAfter(kind: OutboxEntry["kind"], after: Date): Promise<number>;
  /** Counts photographs without read plates: waiting for the reader, and given up. */
  countUnread(): Promise<{ waiting: number; dropped: number }>;
  /** Counts those of this kind that wait for a person. */
  countHeld(kind: OutboxEntry["kind"]): Promise<number>;
  /** Counts those of this kind that are not done after so many attempts. */
  countFailing(kind: OutboxEntry["kind"], attempts: number): Promise<number>;
  /** Lists unfinished ones that were created before `before` and not yet reported as late; oldest first. */
  listLate(kind: OutboxEntry["kind"], before: Date, limit: number): Promise<Delivery[]>;
  noteLateSaid(id: string): Promise<void>;
  /** Each of the following returns false when the lease was lost: the result must be dropped. */
  complete(lease: Lease, attempt: DeliveryAttempt): Promise<boolean>;
  retry(lease: Lease, attempt: DeliveryAttempt, afterMs: number): Promise<boolean>;
  /** Makes it due again after a pause; the attempt is not counted. */
  postpone(lease: Lease, attempt: DeliveryAttempt, afterMs: number): Promise<boolean>;
  /** Sets it aside for a person; what waits behind it goes on. */
  bury(lease: Lease, attempt: DeliveryAttempt): Promise<boolean>;
  /**
   * Holds it until a person has corrected the configuration; what is behind it waits, the attempt is not
   * counted.
   */
  hold(lease: Lease, attempt: DeliveryAttempt): Promise<boolean>;
  /**
   * Releases deliveries whose blocker has ended: a crash may have come between the two writes. Returns how
   * many.
   */
  repair(): Promise<number>;
  /** Moves what has been done for three minutes away from what is living. Returns how many. */
  putAway(): Promise<number>;
  /** Removes what was done 30 days ago. Returns how many. */
  removeDone(): Promise<number>;
  /** Whatever is not done, or is in one of these states, oldest first. */
  listUndelivered(limit: number, states?: readonly DeliveryState[]): Promise<Delivery[]>;
  get(id: string): Promise<Delivery>;
  /** Starts a new round of attempts under the same id. Returns false where it is done or under way. */
  resend(id: string): Promise<boolean>;
}

export interface DeliveriesOptions {
  connection: Connection;
  /** The database's, so that the leases of several processes are compared on one clock. */
  clock: { now(): Date };
}

/**
 * So long a delivery stays where a relay that repeats itself finds it first, and a notice where the next of
 * its group does.
 */
const STAYS_MS = 180_000;
/** An insurer or a driver who asks what was sent is answered for so long. */
const DONE_KEPT_MS = 30 * 24 * 3_600_000;
const LOG_LIMIT = 20;

/** Makes the indexes first. */
export async function createDeliveries({ connection, clock }: DeliveriesOptions): Promise<Deliveries> {
  const model = connection.model<Delivery>("Delivery", deliverySchema);
  await model.createIndexes();
  const done = await createDoneDeliveries(connection);
  const now = () => clock.now();
  return {
    upsertFromOutbox: (outbox) => takeOver({ model, done, now }, outbox),
    async claimDue({ leaseMs, ...wanted }) {
      const lockUntil = new Date(now().getTime() + leaseMs);
      const update = { $set: { state: "inflight", dueAt: lockUntil, lockUntil }, $inc: { token: 1, attempts: 1 } };
      const options = { sort: { dueAt: 1 as const }, returnDocument: "after" as const };
      const due = { ...wanted, dueAt: { $lte: now() } };
      const found = await model.findOneAndUpdate(due, update, options).lean<Delivery>();
      return found && plain(found);
    },
    ...looksAt(model, now),
    async listLate(kind, before, limit) {
      const late = { kind, state: { $in: ALIVE }, createdAt: { $lte: before }, lateSaidAt: { $exists: false } };
      const found = await model.find(late, null, { sort: { createdAt: 1 }, limit }).lean<Delivery[]>();
      return found.map(plain);
    },
    async noteLateSaid(id) {
      await model.updateOne(named(id), { $set: { lateSaidAt: now() } });
    },
    ...endings(model, now),
    repair: () => repair(model, now),
    putAway: () => done.putAway(new Date(now().getTime() - STAYS_MS)),
    removeDone: () => done.remove(new Date(now().getTime() - DONE_KEPT_MS)),
    async listUndelivered(limit, states = [...ALIVE, "dead"]) {
      const filter = { state: { $in: [...states] } };
      const found = await model.find(filter, null, { sort: { createdAt: 1 }, limit }).lean<Delivery[]>();
      return found.map(plain);
    },
    async get(id) {
      const living = await model.findOne(named(String(id))).lean<Delivery>();
      const found = living ?? (await done.find(String(id)));
      if (!found) throw new NotFound("delivery-unknown");
      return plain(found);
    },
    async resend(id) {
      // The token is raised, so that a worker with an old lease is fenced off.
      const update = { $set: { state: "pending", dueAt: now(), attempts: 0 }, $inc: { token: 1 } };
      const stopped = { state: { $in: ["dead", "held"] as DeliveryState[] } };
      const waiting = { state: "pending" as const, dueAt: { $gt: now() } };
      const result = await model.updateOne({ ...named(String(id)), $or: [stopped, waiting] }, update);
      return result.matchedCount === 1;
    },
  };
}

type Looks =
  | "listStates"
  | "findNextDue"
  | "listWaitingTargets"
  | "countDueAfter"
  | "findDueForS"
  | "countUnread"
  | "countHeld"
  | "countFailing";

/** The verbs that look and change nothing. */
function looksAt(model: Model<Delivery>, now: () => Date): Pick<Deliveries, Looks> {
  return {
    listStates: (limit) =>
      model
        .find({ state: { $in: [...ALIVE, "dead"] } }, { kind: 1, state: 1, target: 1, createdAt: 1 }, { limit })
        .lean<Delivery[]>(),
    async findNextDue() {
      const waiting = { dueAt: { $exists: true } };
      const next = await model.findOne(waiting, { dueAt: 1 }, { sort: { dueAt: 1 } }).lean<{ dueAt: Date }>();
      return next?.dueAt ?? null;
    },
    listWaitingTargets: (kind) => listWaitingTargets(model, kind),
    countDueAfter: (kind, after) => model.countDocuments({ kind, dueAt: { $gt: after } }),
    findDueForS: () => findDueForS(model, now()),
    countUnread: () => countUnread(model),
    countHeld: (kind) => model.countDocuments({ state: "held", kind }),
    countFailing: (kind, attempts) =>
      model.countDocuments({ kind, state: { $in: [...ALIVE, "dead"] }, attempts: { $gte: attempts } }),
  };
}

/** The verbs that end a lease. */
function endings(
  model: Model<Delivery>,
  now: () => Date,
): Pick<Deliveries, "complete" | "bury" | "retry" | "postpone" | "hold"> {
  const settle = settler(model);
  const pendingIn = (ms: number) => ({
    $set: { state: "pending", dueAt: new Date(now().getTime() + ms) },
    $unset: { lockUntil: 1 },
  });
  return {
    async complete(lease, attempt) {
      const settled = await settle(lease, attempt, {
        $set: { state: "done", doneAt: now() },
        $unset: { dueAt: 1, lockUntil: 1 },
      });
      if (settled) await release(model, lease._id, now());
      return settled;
    },
    async bury(lease, attempt) {
      const settled = await settle(lease, attempt, { $set: { state: "dead" }, $unset: { dueAt: 1, lockUntil: 1 } });
      if (settled) await release(model, lease._id, now());
      return settled;
    },
    retry: (lease, attempt, afterMs) => settle(lease, attempt, pendingIn(afterMs)),
    postpone: (lease, attempt, afterMs) => settle(lease, attempt, { ...pendingIn(afterMs), $inc: { attempts: -1 } }),
    hold: (lease, attempt) =>
      settle(lease, attempt, { $set: { state: "held" }, $unset: { dueAt: 1, lockUntil: 1 }, $inc: { attempts: -1 } }),
  };
}

type Settle = (lease: Lease, attempt: DeliveryAttempt, update: Record<string, object>) => Promise<boolean>;

function settler(model: Model<Delivery>): Settle {
  return async ({ _id, token }, attempt, update) => {
    const log = { $each: [attempt], $slice: -LOG_LIMIT };
    const result = await model.updateOne({ ...named(_id), token, state: "inflight" }, { ...update, $push: { log } });
    return result.matchedCount === 1;
  };
}

/** Steps from one target to the next by the index. */
async function listWaitingTargets(model: Model<Delivery>, kind: OutboxEntry["kind"]): Promise<string[]> {
  const targets: string[] = [];
  while (true) {
    const waiting = { kind, target: { $gt: targets.at(-1) ?? "" }, dueAt: { $exists: true } };
    const next = await model.findOne(waiting, { target: 1 }, { sort: { target: 1 } }).lean<Delivery>();
    if (!next) return targets;
    targets.push(next.target);
  }
}

async function findDueForS(model: Model<Delivery>, now: Date): Promise<Record<string, number>> {
  const ages = await Promise.all(
    OUTBOX_KINDS.map(async (kind) => {
      const due = { kind, dueAt: { $lte: now } };
      const oldest = await model.findOne(due, { dueAt: 1 }, { sort: { dueAt: 1 } }).lean<{ dueAt: Date }>();
      return oldest ? [[kind, Math.floor((now.getTime() - oldest.dueAt.getTime()) / 1000)]] : [];
    }),
  );
  return Object.fromEntries(ages.flat());
}

const PLATES: readonly OutboxEntry["kind"][] = ["plate", "plate-idle"];

async function countUnread(model: Model<Delivery>): Promise<{ waiting: number; dropped: number }> {
  const count = (states: readonly DeliveryState[]) =>
    model.countDocuments({ state: { $in: [...states] }, kind: { $in: [...PLATES] } });
  const [waiting, dropped] = await Promise.all([count(ALIVE), count(["dead"])]);
  return { waiting, dropped };
}

async function repair(model: Model<Delivery>, now: () => Date): Promise<number> {
  const blocked = await model
    .find({ blockedBy: { $exists: true } }, { blockedBy: 1 }, { limit: 1000 })
    .lean<Delivery[]>();
  const blockers = [...new Set(blocked.map(({ blockedBy }) => blockedBy as string))];
  let freed = 0;
  for (const blocker of blockers) if (!(await isAlive(model, blocker))) freed += await release(model, blocker, now());
  return freed;
}

const plain = (delivery: Delivery): Delivery => ({ ...delivery, sealed: bytesOf(delivery.sealed) });
