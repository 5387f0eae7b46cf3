import type { Connection } from "mongoose";
import type { Accident, Letter } from "../domain/accident.ts";
import { markOf, SEEN_EVERY_MS } from "../domain/presence.ts";
import { bare } from "./bulk.ts";

interface MarkRow {
  _id: string;
  version: number;
  seen?: NonNullable<Accident["seen"]>;
}

/** What open pages ask of all their cases at once, and what they leave: when who looked at which step. */
export interface CaseMarks {
  /** By accident: a text that differs after every change and after every look at it. */
  listMarks(ids: string[]): Promise<Map<string, string>>;
  /**
   * Writes when a driver had the page of a step open, at most once a minute; it is no change of the case and
   * makes no event.
   */
  noteSeen(id: string, seen: { letter: Letter; step: string; at: Date }): Promise<void>;
  /**
   * Writes which version of the case a driver's open page shows; nothing where that is known to be a later
   * one.
   */
  noteShown(id: string, shown: { letter: Letter; version: number; at: Date }): Promise<void>;
}

export function createCaseMarks(connection: Connection): CaseMarks {
  const accidents = bare<MarkRow>(connection, "accidents");
  return {
    async listMarks(ids) {
      const projection = { version: 1, seen: 1 };
      const found = await accidents.find({ _id: { $in: ids } }, { projection }).toArray();
      return new Map(found.map((row) => [row._id, markOf(row)]));
    },
    async noteShown(id, { letter, ...shown }) {
      const field = `shown.${letter}`;
      const later = { $gt: shown.version };
      const filter = { _id: id, [`${field}.version`]: { $not: later } };
      await accidents.updateOne(filter as never, { $set: { [field]: shown } } as never);
    },
    async noteSeen(id, { letter, step, at }) {
      const field = `seen.${letter}.${step}`;
      const recent = { $gt: new Date(at.getTime() - SEEN_EVERY_MS) };
      await accidents.updateOne({ _id: id, [field]: { $not: recent } } as never, { $set: { [field]: at } } as never);
    },
  };
}
