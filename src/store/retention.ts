import type { Connection } from "mongoose";
import type { Hold } from "../domain/hold.ts";
import type { Blobs } from "./blobs.ts";
import { bare } from "./bulk.ts";
import type { ErasedList } from "./erased.ts";
import type { Erased } from "./erasures.ts";
import { type Lookups, startingWith } from "./lookups.ts";
import type { PersonCases } from "./person-cases.ts";

/** Selects what is past, at most `limit`. */
export interface Past {
  /** last event, or last visit, before */
  before: Date;
  limit: number;
  /** of cases: which; all that are over unless told */
  statuses?: readonly OverStatus[];
}

export const OVER_STATUSES = ["concluded", "determined", "ended"] as const;
export type OverStatus = (typeof OVER_STATUSES)[number];

/**
 * Erases personal data whose time is over (PIPL art. 19 and 47), in two steps: marked first, erased a day
 * later if still past.
 */
export interface Retention {
  /** Marks accidents that are over and not erased. A new event removes the mark. Returns how many. */
  mark(past: Past, at: Date): Promise<number>;
  /** ids of accidents that were marked before `markedBefore` and are past still */
  listMarked(past: Past, markedBefore: Date): Promise<string[]>;
  /**
   * Forgets the accident's key, so that nothing sealed under it opens again, and removes files, deliveries,
   * notices, notes of audits and lookups. Number, times and the chain of events stay. false: a legal hold
   * stands on it, and nothing was done; `held`: even then.
   */
  erase(accidentId: string, even?: { held: boolean }): Promise<boolean>;
  /** Cases with a legal hold, those of the oldest hold first. */
  listHeld(limit: number): Promise<HeldCase[]>;
  countHeld(): Promise<number>;
  /** Marks people who have not written to the account since. Returns how many. */
  markUnseen(past: Past, at: Date): Promise<number>;
  listMarkedUnseen(past: Past, markedBefore: Date): Promise<string[]>;
  /** Forgets a person who has not been seen since `before`. */
  forgetUnseen(personId: string, before: Date): Promise<void>;
  /** Counts all, erased ones included. */
  count(): Promise<Record<Erased, number>>;
  countMarked(): Promise<Record<Erased, number>>;
}

/** A case with a legal hold. */
export interface HeldCase extends Hold {
  number: string;
}

interface AccidentRow {
  _id: string;
  number: string;
  parts: { hold?: Hold | null };
  status: string;
  openedAt: Date;
  eraseMarkedAt?: Date;
}

interface PersonRow {
  _id: string;
  seenAt: Date;
  forgetMarkedAt?: Date;
}

/** Stores with parts of an accident that are erased with it. */
export interface Kept {
  blobs: Pick<Blobs, "removeAll">;
  lookups: Pick<Lookups, "removeOf">;
  personCases: Pick<PersonCases, "forget">;
  erased: Pick<ErasedList, "note">;
}

export async function createRetention(connection: Connection, kept: Kept): Promise<Retention> {
  const accidents = bare<AccidentRow>(connection, "accidents");
  const people = bare<PersonRow>(connection, "people");
  await accidents.createIndex({ eraseMarkedAt: 1 }, { sparse: true });
  await accidents.createIndex({ "parts.hold.at": 1 }, { sparse: true });
  await people.createIndex({ seenAt: 1 });
  await people.createIndex({ forgetMarkedAt: 1 }, { sparse: true });
  return {
    async mark({ limit, ...past }, at) {
      const unmarked = { ...isOver(past), eraseMarkedAt: { $exists: false } };
      const found = await accidents.find(unmarked, { projection: { _id: 1 }, limit }).toArray();
      const ids = found.map(({ _id }) => _id);
      return (await accidents.updateMany({ _id: { $in: ids } }, { $set: { eraseMarkedAt: at } })).modifiedCount;
    },
    async listMarked({ limit, ...past }, markedBefore) {
      const marked = { ...isOver(past), eraseMarkedAt: { $lte: markedBefore } };
      const found = await accidents.find(marked, { projection: { _id: 1 }, limit }).toArray();
      return found.map(({ _id }) => _id);
    },
    erase: eraser(connection, kept),
    async listHeld(limit) {
      const options = { projection: { number: 1, parts: 1 }, sort: { "parts.hold.at": 1 as const }, limit };
      const found = await accidents.find({ "parts.hold.at": EVER } as object, options).toArray();
      return found.map(({ number, parts }) => ({ number, ...(parts.hold as Hold) }));
    },
    countHeld: () => accidents.countDocuments({ "parts.hold.at": EVER } as object),
    async markUnseen({ before, limit }, at) {
      // A person who came back loses the mark, which would otherwise count at the next absence.
      await people.updateMany({ forgetMarkedAt: EVER, seenAt: { $gte: before } }, UNMARKED);
      const unmarked = { seenAt: { $lt: before }, forgetMarkedAt: { $exists: false } };
      const found = await people.find(unmarked, { projection: { _id: 1 }, limit }).toArray();
      const ids = found.map(({ _id }) => _id);
      return (await people.updateMany({ _id: { $in: ids } }, { $set: { forgetMarkedAt: at } })).modifiedCount;
    },
    async listMarkedUnseen({ before, limit }, markedBefore) {
      const marked = { forgetMarkedAt: { $lte: markedBefore }, seenAt: { $lt: before } };
      const found = await people.find(marked, { projection: { _id: 1 }, limit }).toArray();
      return found.map(({ _id }) => _id);
    },
    async forgetUnseen(personId, before) {
      await kept.erased.note({ kind: "person", id: personId });
      await people.deleteOne({ _id: personId, seenAt: { $lt: before } });
    },
    async count() {
      const counts = [accidents.estimatedDocumentCount(), people.estimatedDocumentCount()] as const;
      const [cases, persons] = await Promise.all(counts);
      return { cases, people: persons };
    },
    async countMarked() {
      const counts = [
        accidents.countDocuments({ eraseMarkedAt: EVER }),
        people.countDocuments({ forgetMarkedAt: EVER }),
      ] as const;
      const [cases, persons] = await Promise.all(counts);
      return { cases, people: persons };
    },
  };
}

/** A range, because the sparse index does not answer $exists. */
const EVER = { $gt: new Date(0) };
const UNMARKED = { $unset: { forgetMarkedAt: 1 } } as const;

const NOT_HELD = { "parts.hold.at": { $exists: false } };

/** Status and opening are indexed; cases with a later event are left out. */
const isOver = ({ before, statuses = OVER_STATUSES }: Omit<Past, "limit">) => ({
  status: { $in: [...statuses] },
  ...NOT_HELD,
  openedAt: { $lt: before },
  "events.at": { $not: { $gte: before } },
});

/**
 * Removes everything else first: while the key is there the accident is listed, so that a crash in between is
 * made good.
 */
function eraser(connection: Connection, { blobs, lookups, personCases, erased }: Kept): Retention["erase"] {
  const accidents = connection.collection("accidents");
  const [living, done] = [connection.collection("deliveries"), connection.collection("deliveries_done")];
  const notices = connection.collection("notices");
  const likenesses = connection.collection("photo_hashes");
  const feedback = connection.collection("feedback");
  const audited = connection.collection("audit_findings");
  return async (accidentId, { held } = { held: false }) => {
    if (!held && (await accidents.findOne({ _id: accidentId as never, "parts.hold.at": EVER }))) return false;
    await erased.note({ kind: "case", id: accidentId });
    await blobs.removeAll(accidentId);
    await living.deleteMany({ accidentId });
    await done.deleteMany({ accidentId });
    await notices.deleteMany({ accidentId, _id: startingWith(`${accidentId}-`) as never });
    await likenesses.deleteMany({ _id: startingWith(`${accidentId}/`) as never });
    await feedback.deleteMany({ _id: startingWith(`${accidentId}/`) as never });
    await audited.updateMany({ accidentId }, { $set: { sealed: null } });
    await personCases.forget(accidentId);
    await lookups.removeOf(accidentId);
    const set = { status: "erased", wrappedKey: null, parts: {}, outbox: [] };
    const unset = { outboxAt: 1, eraseMarkedAt: 1, sparesAt: 1, seen: 1, desk: 1, dueAt: 1 } as const;
    await accidents.updateOne({ _id: accidentId as never }, { $set: set, $unset: unset });
    return true;
  };
}
