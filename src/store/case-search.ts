import type { mongo } from "mongoose";
import type { Accident } from "../domain/accident.ts";
import { isSought, type Sought, searchKey } from "../domain/case-facets.ts";
import type { Catalogue } from "../domain/liability.ts";
import type { AccidentDocument } from "./accident-document.ts";
import type { AccidentReader } from "./accident-reader.ts";
import type { CaseListing, ListedCase, Span } from "./case-listing.ts";

/** One page of a search. */
export interface CasesFound {
  accidents: Accident[];
  /** where the next page begins; null: there is none */
  next: string | null;
}

export interface CaseSearch {
  /**
   * The accidents that fit, the newest first, at most `limit`; a case that cannot be read is left out. Of a
   * combination that hardly any case meets a page may have fewer, and the next one goes on behind it.
   */
  search(sought: Sought, span: Span, limit: number): Promise<CasesFound>;
  /** Ids under the one key of what is sought, the newest first, not read: some may not fit any more. */
  listIds(sought: Sought, span: Span, limit: number): Promise<ListedCase[]>;
  /** Those that are there and can be read, in no order. */
  findAll(ids: readonly string[]): Promise<Accident[]>;
  /** Of these the ids of those that are there, of one district or any; nothing of them is opened. */
  listPresent(ids: readonly string[], district: string | null): Promise<string[]>;
  /** Their numbers by id; nothing of them is opened. */
  listNumbers(ids: readonly string[]): Promise<Map<string, string>>;
}

export interface SearchOptions {
  collection: mongo.Collection<AccidentDocument>;
  reader: AccidentReader;
  listing: CaseListing;
  catalogue: Catalogue;
}

/** Rows that are read for one page at most. */
const MOST_ROWS = 400;

export function createCaseSearch({ collection, reader, listing, catalogue }: SearchOptions): CaseSearch {
  const findAll = async (ids: readonly string[]): Promise<Accident[]> => {
    const documents = ids.length > 0 ? await collection.find({ _id: { $in: [...ids] } }).toArray() : [];
    return documents.filter(({ wrappedKey }) => wrappedKey).flatMap((document) => reader.readable(document));
  };
  return {
    findAll,
    async listPresent(ids, district) {
      const wanted = { _id: { $in: [...ids] }, wrappedKey: { $ne: null } } as object;
      const filter = { ...wanted, ...(district !== null && { "parts.district": district }) };
      return (await collection.find(filter, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id);
    },
    async listNumbers(ids) {
      const found = await collection.find({ _id: { $in: [...new Set(ids)] } }, { projection: { number: 1 } }).toArray();
      return new Map(found.map(({ _id, number }) => [_id, number]));
    },
    listIds: (sought, span, limit) => listing.list(searchKey(sought), span, limit),
    async search(sought, span, limit) {
      const found = new Map<string, Accident>();
      let after = span.after;
      for (let seen = 0; seen < MOST_ROWS; ) {
        const rows = await listing.list(searchKey(sought), { ...span, after }, limit + 1);
        const read = await findAll(rows.map(({ accidentId }) => accidentId));
        const accidents = new Map(read.map((accident) => [accident.id, accident]));
        for (const { accidentId, cursor } of rows) {
          const accident = accidents.get(accidentId);
          const fits = accident && !found.has(accidentId) && isSought(accident, sought, catalogue);
          if (fits && found.size === limit) return { accidents: [...found.values()], next: after ?? null };
          after = cursor;
          if (fits) found.set(accidentId, accident);
        }
        if (rows.length <= limit) return { accidents: [...found.values()], next: null };
        seen += rows.length;
      }
      return { accidents: [...found.values()], next: after ?? null };
    },
  };
}
