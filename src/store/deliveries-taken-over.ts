import type { Model } from "mongoose";
import type { OutboxEntry } from "../domain/accident.ts";
import type { StoredEntry } from "./accident-document.ts";
import type { DoneDeliveries } from "./deliveries-done.ts";
import { type Delivery, type DeliveryState, named } from "./delivery-document.ts";
import { unlessThere } from "./duplicate.ts";

/** Not at its end: what comes behind it waits. */
export const ALIVE: DeliveryState[] = ["pending", "inflight", "held"];
/**
 * Kinds delivered in order: an insurer must not read a correction before the claim, nor a driver "paid"
 * before "approved".
 */
const ORDERED: readonly OutboxEntry["kind"][] = ["claim", "notice"];
/** Notices of one group to one person: one within so long. */
export const BETWEEN_MS = 120_000;

interface Takers {
  model: Model<Delivery>;
  done: DoneDeliveries;
  now: () => Date;
}

type Place = Pick<Delivery, "accidentId" | "kind" | "target">;
/** When a new delivery may be taken. */
type Start = Pick<Delivery, "dueAt" | "blockedBy" | "deferred">;

/**
 * Takes over one entry after the other, in the outbox's order: the second finds the first and waits behind
 * it. What was put away meanwhile has been taken over before.
 */
export async function takeOver(
  takers: Takers,
  { accidentId, entries: all }: { accidentId: string; entries: StoredEntry[] },
): Promise<void> {
  const { model, done, now } = takers;
  const past = await done.among(
    accidentId,
    all.map(({ id }) => id),
  );
  const entries = all.filter(({ id }) => !past.has(id)).sort((a, b) => a.seq - b.seq);
  for (const entry of entries) {
    const { id, seq, kind, target, sealed, urgent, group } = entry;
    const start = await startOf(takers, accidentId, entry);
    const fresh = {
      kind,
      target,
      seq,
      sealed,
      ...(urgent && { urgent }),
      ...(group && { group }),
      state: "pending",
      token: 0,
      attempts: 0,
      log: [],
      createdAt: now(),
      ...start,
    };
    await model.updateOne({ _id: id, accidentId }, { $setOnInsert: fresh }, { upsert: true }).catch(unlessThere);
    // The blocker may have come to its end between the question and the insert; repair() looks again as well.
    if (start.blockedBy && !(await isAlive(model, start.blockedBy))) await release(model, start.blockedBy, now());
  }
}

async function startOf({ model, now }: Takers, accidentId: string, entry: StoredEntry): Promise<Start> {
  const { kind, target, seq, group } = entry;
  const place = { accidentId, kind, target };
  if (group) {
    const merged = await merge(model, { ...place, group }, { entry, now: now() });
    if (merged) return merged;
  }
  const blockedBy = ORDERED.includes(kind) ? await findBlocker(model, place, seq) : null;
  return blockedBy ? { blockedBy } : { dueAt: now() };
}

/**
 * Puts a notice in the place of one of its group that waits, or defers it when one was sent within two
 * minutes. Null: it goes as any other. The waiting one ends first: a crash in between loses nothing, for the
 * new one still stands in the outbox.
 */
async function merge(
  model: Model<Delivery>,
  place: Place & { group: string },
  { entry: { id, seq }, now }: { entry: StoredEntry; now: Date },
): Promise<Start | null> {
  const earlier = { ...place, seq: { $lt: seq } };
  const ended = { $set: { state: "done" as const, doneAt: now, mergedInto: id }, $unset: { dueAt: 1, blockedBy: 1 } };
  const options = { sort: { seq: -1 as const }, returnDocument: "before" as const };
  const waiting = await model.findOneAndUpdate({ ...earlier, state: "pending" }, ended, options).lean<Delivery>();
  if (waiting) {
    await release(model, waiting._id, now);
    const { dueAt, blockedBy, deferred } = waiting;
    return { ...(blockedBy ? { blockedBy } : { dueAt: dueAt ?? now }), ...(deferred && { deferred }) };
  }
  const said = { ...earlier, state: { $in: ["inflight", "done"] as DeliveryState[] }, mergedInto: { $exists: false } };
  const last = await model.findOne(said, null, { sort: { seq: -1 } }).lean<Delivery>();
  if (!last) return null;
  const dueAt = new Date((last.doneAt ?? now).getTime() + BETWEEN_MS);
  return dueAt > now ? { dueAt, deferred: true } : null;
}

async function findBlocker(model: Model<Delivery>, place: Place, seq: number): Promise<string | null> {
  const alive = { ...place, seq: { $lt: seq }, state: { $in: ALIVE }, deferred: { $exists: false } };
  const found = await model.findOne(alive, { _id: 1 }, { sort: { seq: -1 } }).lean<{ _id: string }>();
  return found?._id ?? null;
}

export async function isAlive(model: Model<Delivery>, id: string): Promise<boolean> {
  const found = await model.findOne({ ...named(id), state: { $in: ALIVE } }, { _id: 1 }).lean();
  return found !== null;
}

/** Makes due what waited behind this delivery. Returns how many. */
export async function release(model: Model<Delivery>, blocker: string, now: Date): Promise<number> {
  const result = await model.updateMany(
    { accidentId: named(blocker).accidentId, blockedBy: blocker },
    { $set: { dueAt: now }, $unset: { blockedBy: 1 } },
  );
  return result.modifiedCount;
}
