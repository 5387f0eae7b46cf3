import type { Connection } from "mongoose";
import { bare } from "./bulk.ts";
import { isDuplicate } from "./duplicate.ts";
import { bytesOf } from "./sealing.ts";
import { placeIn } from "./shapes.ts";
import type { Vault } from "./vault.ts";

/** What a driver said of a case that is over: a rating, a complaint, or both. */
export interface Feedback {
  /** accident/letter */
  id: string;
  /** number of the case */
  number: string;
  /** 1 to 5 */
  rating: number | null;
  /** "" for none */
  complaint: string;
  at: Date;
}

/** Ratings and complaints, one of each driver and case; the words are sealed. Erased with their case. */
export interface FeedbackStore {
  /** Keeps it instead of an earlier one; a complaint waits for the operator. */
  keep(feedback: Feedback): Promise<void>;
  find(id: string): Promise<Feedback | null>;
  /** Complaints that wait for the operator, the oldest first. */
  listOpen(limit: number): Promise<Feedback[]>;
  countOpen(): Promise<number>;
  /** How often each rating was given. */
  ratings(): Promise<Record<number, number>>;
  /** Takes a complaint off the list; false when none waits under this id. */
  settle(id: string, at: Date): Promise<boolean>;
}

interface FeedbackDocument {
  _id: string;
  number: string;
  rating: number | null;
  sealed: Uint8Array;
  at: Date;
  isOpen: boolean;
  settledAt?: Date;
}

export const RATINGS = [1, 2, 3, 4, 5] as const;

export async function createFeedback(connection: Connection, vault: Vault): Promise<FeedbackStore> {
  const rows = bare<FeedbackDocument>(connection, "feedback");
  await rows.createIndex({ isOpen: 1, at: 1 });
  const opened = ({ _id: id, number, rating, sealed, at }: FeedbackDocument): Feedback => ({
    ...{ id, number, rating, at },
    complaint: vault.openOwn(placeIn("feedback", id, "complaint"), bytesOf(sealed)),
  });
  return {
    async keep({ id, number, rating, complaint, at }) {
      const sealed = vault.sealOwn(placeIn("feedback", id, "complaint"), complaint);
      const $set = { number, rating, sealed, at, isOpen: complaint !== "" };
      try {
        await rows.updateOne({ _id: id }, { $set }, { upsert: true });
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        await rows.updateOne({ _id: id }, { $set });
      }
    },
    async find(id) {
      const found = await rows.findOne({ _id: id });
      return found && opened(found);
    },
    async listOpen(limit) {
      return (await rows.find({ isOpen: true }, { sort: { at: 1 }, limit }).toArray()).map(opened);
    },
    countOpen: () => rows.countDocuments({ isOpen: true }),
    async ratings() {
      const counts = await Promise.all(RATINGS.map((rating) => rows.countDocuments({ rating })));
      return Object.fromEntries(RATINGS.map((rating, at) => [rating, counts[at] ?? 0]));
    },
    async settle(id, at) {
      const settled = await rows.updateOne({ _id: id, isOpen: true }, { $set: { isOpen: false, settledAt: at } });
      return settled.matchedCount === 1;
    },
  };
}
