import type { Connection, mongo } from "mongoose";
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
   * notices, notes of audits and lookups. Number, times and the chain of events stay. One write decides and
   * forgets the key: a change of the case that was read before it fails. false: a legal hold stands on it
   * (`held`: even then), or it is not marked since `markedBefore` any more, and nothing was done.
   */
  erase(accidentId: string, only?: { held?: boolean; markedBefore?: Date }): Promise<boolean>;
  /** ids of accidents that have lost their key, and of which something may be left: to be erased again */
  listUnfinished(limit: number): Promise<string[]>;
  /** null: there is no such accident */
  stateOf(accidentId: string): Promise<"kept" | "erased" | null>;
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
  wrappedKey: unknown;
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
    async listUnfinished(limit) {
      const found = await accidents.find({ status: "erasing" }, { projection: { _id: 1 }, limit }).toArray();
      return found.map(({ _id }) => _id);
    },
    async stateOf(_id) {
      const found = await accidents.findOne({ _id }, { projection: { wrappedKey: 1 } });
      return found && (found.wrappedKey ? "kept" : "erased");
    },
    async listHeld(limit) {
      const options = { projection: { number: 1, parts: 1 }, sort: { "parts.hold.at": 1 as const }, limit };
      const found = await accidents.find({ "parts.hold.at": EVER } as object, options).toArray();
      return found.map(({ number, parts }) => ({ number, ...(parts.hold as Hold) }));
    },
    countHeld: () => accidents.countDocuments({ "parts.hold.at": EVER } as object),
    ...unseenIn(people, kept),
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

type OfUnseen = Pick<Retention, "markUnseen" | "listMarkedUnseen" | "forgetUnseen">;

const unseenIn = (people: mongo.Collection<PersonRow>, { erased }: Kept): OfUnseen => ({
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
    // Noted after the deletion, since somebody who came back meanwhile is not deleted. A crash in between
    // does no harm: in a restored backup the last visit is as old, and the person is erased for it.
    const { deletedCount } = await people.deleteOne({ _id: personId, seenAt: { $lt: before } });
    if (deletedCount > 0) await erased.note({ kind: "person", id: personId });
  },
});

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
 * Takes the key first, in one write that a hold or a later event prevents, and says that the rest is to
 * follow, so that a crash in between is made good.
 */
function eraser(connection: Connection, kept: Kept): Retention["erase"] {
  const accidents = bare<mongo.BSON.Document & { _id: string }>(connection, "accidents");
  const removeRest = restRemover(connection, kept);
  return async (_id, { held = false, markedBefore } = {}) => {
    const marked = markedBefore && { eraseMarkedAt: { $lte: markedBefore } };
    const free = { $or: [{ status: "erasing" }, { ...NOT_HELD, ...marked }] };
    const taken = await accidents.updateOne({ _id, ...(!held && free) }, KEY_TAKEN);
    if (taken.matchedCount === 0 && (await accidents.findOne({ _id }, { projection: { _id: 1 } }))) return false;
    await kept.erased.note({ kind: "case", id: _id });
    await removeRest(_id);
    await accidents.updateOne({ _id }, { $set: { status: "erased" } });
    return true;
  };
}

/** The next version: whoever has read the case before cannot write it any more. */
const KEY_TAKEN = {
  $set: { status: "erasing", wrappedKey: null, parts: {}, outbox: [] },
  $unset: { outboxAt: 1, eraseMarkedAt: 1, sparesAt: 1, seen: 1, desk: 1, dueAt: 1 },
  $inc: { version: 1 },
} as const;

function restRemover(connection: Connection, { blobs, lookups, personCases }: Kept) {
  const [living, done] = [connection.collection("deliveries"), connection.collection("deliveries_done")];
  const notices = connection.collection("notices");
  const likenesses = connection.collection("photo_hashes");
  const feedback = connection.collection("feedback");
  const audited = connection.collection("audit_findings");
  return async (accidentId: string) => {
    await blobs.removeAll(accidentId);
    await living.deleteMany({ accidentId });
    await done.deleteMany({ accidentId });
    await notices.deleteMany({ accidentId, _id: startingWith(`${accidentId}-`) as never });
    await likenesses.deleteMany({ _id: startingWith(`${accidentId}/`) as never });
    await feedback.deleteMany({ _id: startingWith(`${accidentId}/`) as never });
    await audited.updateMany({ accidentId }, { $set: { sealed: null } });
    await personCases.forget(accidentId);
    await lookups.removeOf(accidentId);
  };
}
