import type { mongo } from "mongoose";
import type { Accident } from "../domain/accident.ts";
import type { AccidentDocument } from "./accident-document.ts";
import type { AccidentReader } from "./accident-reader.ts";
import { isSame, type Lookup, type Lookups, lookupsOf } from "./lookups.ts";

/** What is found by its whole value. */
export type ExactKind = "number" | "plate" | "phone" | "letter";
export interface ExactValue {
  kind: ExactKind;
  value: string;
}

/** Cases that are read for one value, or for all of a case, at most. */
const MOST_READ = 500;

export interface FinderOptions {
  collection: mongo.Collection<AccidentDocument>;
  reader: AccidentReader;
  lookups: Lookups;
}

/** Finds accidents by id and by what leads to them. Of an erased one only the record of events is left. */
export function createFinder({ collection, reader, lookups }: FinderOptions) {
  /** A lookup may be older than the accident: those that have the value at present, the latest first. */
  async function* eachBy(lookup: Lookup, limit?: number): AsyncGenerator<Accident> {
    const ids = await lookups.find(lookup, limit);
    if (ids.length === 0) return;
    const found = await collection.find({ _id: { $in: ids } }).toArray();
    const documents = found.filter(({ wrappedKey }) => wrappedKey);
    for (const document of documents.sort((a, b) => b.openedAt.getTime() - a.openedAt.getTime())) {
      const accident = reader.read(document);
      if (lookupsOf(accident).some((one) => isSame(one, lookup))) yield accident;
    }
  }
  return {
    async find(id: string): Promise<Accident | null> {
      // The driver's own collection, without mongoose's casting: what comes from outside is a string by now.
      const document = await collection.findOne({ _id: String(id) });
      return document?.wrappedKey ? reader.read(document) : null;
    },
    async findBy(lookup: Lookup): Promise<Accident | null> {
      for await (const accident of eachBy(lookup)) return accident;
      return null;
    },
    async listBy(kind: ExactKind, value: string): Promise<Accident[]> {
      const found: Accident[] = [];
      for await (const accident of eachBy({ kind, value }, MOST_READ)) found.push(accident);
      return found;
    },
    async listOthers(id: string, values: readonly ExactValue[]): Promise<Accident[]> {
      const led = await Promise.all(values.map((value) => lookups.find(value, MOST_READ)));
      const ids = [...new Set(led.flat())].filter((one) => one !== id).slice(0, MOST_READ);
      const documents = ids.length > 0 ? await collection.find({ _id: { $in: ids } }).toArray() : [];
      const read = documents.filter(({ wrappedKey }) => wrappedKey).flatMap((document) => reader.readable(document));
      return read.filter((one) => lookupsOf(one).some((has) => values.some((value) => isSame(has, value))));
    },
  };
}
