import type { Connection } from "mongoose";
import { type LetterNumber, letterNumber, type VoidReason, yearInChina } from "../domain/letter-number.ts";
import { Busy } from "../errors.ts";
import { bare } from "./bulk.ts";
import { isDuplicate } from "./duplicate.ts";

/** Numbers of determination letters over all processes. */
export interface LetterNumbers {
  /** Takes the next number of an authority's year for a case. Throws Busy where many others take one. */
  take(wanted: { authority: string; accidentId: string; by: string }): Promise<LetterNumber>;
  /** Notes that the letter of this number is stored; that is true even of one that was void meanwhile. */
  issue(number: string, at: Date): Promise<void>;
  /** Makes a taken number void; false: it is issued, or void already. */
  void(number: string, reason: VoidReason): Promise<boolean>;
  /** The latest first; `before`: taken earlier than this. */
  list(filter: { authority?: string; year?: number; before?: Date }, limit: number): Promise<LetterNumber[]>;
  /** Numbers that were taken before and stand on no letter yet, the oldest first. */
  listTaken(before: Date, limit: number): Promise<LetterNumber[]>;
}

type Row = Omit<LetterNumber, "number"> & { _id: string };

/** Each lost race is somebody else's number. */
const TRIES = 64;
const RETRY_AFTER_S = 5;

const fromRow = ({ _id: number, ...row }: Row): LetterNumber => ({ number, ...row });

export async function createLetterNumbers(connection: Connection, now: () => Date): Promise<LetterNumbers> {
  const rows = bare<Row>(connection, "letter_numbers");
  await rows.createIndex({ authority: 1, year: 1, seq: -1 });
  await rows.createIndex({ state: 1, takenAt: 1 });
  await rows.createIndex({ takenAt: -1 });
  const lastOf = async (authority: string, year: number) => {
    const [last] = await rows.find({ authority, year }, { sort: { seq: -1 }, limit: 1 }).toArray();
    return last?.seq ?? 0;
  };
  return {
    async take({ authority, accidentId, by }) {
      const takenAt = now();
      const year = yearInChina(takenAt);
      let seq = await lastOf(authority, year);
      for (let attempt = 0; attempt < TRIES; attempt++) {
        // The row is the number: no process can count one on without leaving it in the list.
        seq += 1;
        const taken = { state: "taken" as const, accidentId, by, takenAt, issuedAt: null, voided: null };
        const row: Row = { _id: letterNumber(authority, year, seq), authority, year, seq, ...taken };
        try {
          await rows.insertOne(row);
          return fromRow(row);
        } catch (error) {
          if (!isDuplicate(error)) throw error;
        }
      }
      throw new Busy(RETRY_AFTER_S, "too-busy");
    },
    async issue(number, at) {
      const open = { _id: number, state: { $ne: "issued" as const } };
      await rows.updateOne(open, { $set: { state: "issued" as const, issuedAt: at, voided: null } });
    },
    async void(number, reason) {
      const voided = { at: now(), reason };
      const open = { _id: number, state: "taken" as const };
      return (await rows.updateOne(open, { $set: { state: "void" as const, voided } })).modifiedCount === 1;
    },
    async list({ authority, year, before }, limit) {
      const filter = {
        ...(authority !== undefined && { authority }),
        ...(year !== undefined && { year }),
        ...(before && { takenAt: { $lt: before } }),
      };
      return (await rows.find(filter, { sort: { takenAt: -1, _id: -1 }, limit }).toArray()).map(fromRow);
    },
    async listTaken(before, limit) {
      const taken = { state: "taken" as const, takenAt: { $lt: before } };
      return (await rows.find(taken, { sort: { takenAt: 1 }, limit }).toArray()).map(fromRow);
    },
  };
}
