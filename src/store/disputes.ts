import type { Connection } from "mongoose";
import type { Accident } from "../domain/accident.ts";
import type { Waiting } from "../domain/dispute.ts";
import { holds } from "../domain/recusal.ts";
import type { AccidentDocument } from "./accident-document.ts";
import type { AccidentReader } from "./accident-reader.ts";
import { bare } from "./bulk.ts";

/** Which cases of the queue; what is left out is any. */
export interface Wanted {
  kind?: Waiting["kind"];
  /** code; null: all */
  district?: string | null;
  /** of this officer; null: nobody has it */
  officerId?: string | null;
  /** of others than this officer */
  othersThan?: string;
}

/** What waits for officers. */
export interface Disputes {
  /** Cases that wait or are in somebody's hands, the oldest first. */
  list(wanted: Wanted, limit: number): Promise<Accident[]>;
  /** ids of the cases in which this account has guidance or an application in hand */
  heldBy(officerId: string): Promise<string[]>;
  /** how many of each kind nobody has taken */
  counts(): Promise<Record<Waiting["kind"], number>>;
  /** A text that differs after every change of what waits. */
  mark(): Promise<string>;
  /** ids of cases in which a clock ran out at `at` or before, the longest due first */
  listDue(at: Date, limit: number): Promise<string[]>;
  /** Moves the time of a case that had nothing due, unless it was changed meanwhile; null: no clock runs. */
  moveDue(found: { id: string; before: Date; to: Date | null }): Promise<void>;
}

const KINDS: readonly Waiting["kind"][] = ["guidance", "application", "service"];
const MOST_MARKED = 500;

export function createDisputes(connection: Connection, reader: AccidentReader): Disputes {
  const collection = bare<AccidentDocument>(connection, "accidents");
  const waiting = (kind: Waiting["kind"]) => ({ "desk.kind": kind });
  return {
    async list({ kind, district = null, officerId, othersThan }, limit) {
      const wanted = {
        "desk.kind": kind ?? { $in: KINDS },
        ...(district !== null && { "parts.district": district }),
        ...(officerId !== undefined && { "desk.officerId": officerId }),
        // a text: somebody's
        ...(othersThan !== undefined && { "desk.officerId": { $gt: "", $ne: othersThan } }),
      };
      const documents = await collection.find(wanted, { sort: { "desk.since": 1 }, limit }).toArray();
      return documents.flatMap((document) => reader.readable(document));
    },
    async heldBy(officerId) {
      // the row in the queue names one officer, and guidance may be another's
      const documents = await collection.find({ "desk.kind": { $in: ["guidance", "application"] } }, {}).toArray();
      const held = documents.flatMap((document) => reader.readable(document));
      return held.filter((accident) => holds(accident, officerId)).map(({ id }) => id);
    },
    async counts() {
      const free = async (kind: Waiting["kind"]) => {
        const untaken = { ...waiting(kind), "desk.officerId": null };
        return (await collection.find(untaken, { projection: { _id: 1 }, limit: MOST_MARKED }).toArray()).length;
      };
      const [guidance, application, service] = await Promise.all([
        free("guidance"),
        free("application"),
        free("service"),
      ]);
      return { guidance, application, service };
    },
    async mark() {
      const marked = async (order: 1 | -1) => {
        const fields = { projection: { version: 1 }, sort: { "desk.since": order }, limit: MOST_MARKED };
        const found = await collection.find({ "desk.kind": { $in: KINDS } }, fields).toArray();
        return found.map(({ _id, version }) => `${_id}:${version}`);
      };
      const oldest = await marked(1);
      // what comes is the newest: a long queue must not hide it
      const newest = oldest.length < MOST_MARKED ? [] : await marked(-1);
      return [...oldest, ...newest].join(" ");
    },
    async listDue(at, limit) {
      const options = { projection: { _id: 1 as const }, sort: { dueAt: 1 as const }, limit };
      return (await collection.find({ dueAt: { $lte: at } }, options).toArray()).map(({ _id }) => _id);
    },
    async moveDue({ id, before, to }) {
      const change = to ? { $set: { dueAt: to } } : { $unset: { dueAt: 1 as const } };
      await collection.updateOne({ _id: id, dueAt: { $lte: before } }, change);
    },
  };
}
