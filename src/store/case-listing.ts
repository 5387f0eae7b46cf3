import type { Connection } from "mongoose";
import { bare, insertFresh } from "./bulk.ts";
import { hashedKey, type LookupDocument } from "./lookups.ts";
import { repeatable } from "./repeat.ts";
import type { Vault } from "./vault.ts";

/** A row: key, the time turned round, accident, and the accident's version for which it was written. */
interface ListedDocument extends LookupDocument {
  since: number;
}

/** Where a walk goes on: what follows this row. */
export interface ListedCase {
  accidentId: string;
  cursor: string;
}

/**
 * Lists accidents under keys (`searchKeys`), the newest first, among the lookups. All rows of an accident are
 * written anew before a write that changes its keys, and those of earlier versions removed behind it: none is
 * ever missing, and one that does not fit is told by reading the accident.
 */
export interface CaseListing {
  add(accident: Listed, keys: readonly string[]): Promise<void>;
  /** Removes the rows of the accident's earlier versions. */
  removeBefore(accident: Pick<Listed, "id" | "version">): Promise<void>;
  /** The next rows of a key, at most `limit`. */
  list(key: string, span: Span, limit: number): Promise<ListedCase[]>;
}

interface Listed {
  id: string;
  version: number;
  openedAt: Date;
}

export interface Span {
  from?: Date | undefined;
  /** not included */
  to?: Date | undefined;
  /** the cursor of the last row that was seen */
  after?: string | undefined;
}

const FAR = 9_999_999_999_999;
/** The later, the smaller: the index of the ids gives the newest first. */
const turned = (at: Date): string => String(FAR - at.getTime()).padStart(13, "0");
/** Sorts behind "/" and before everything that follows a later time. */
const BEHIND = "0";
const BEHIND_ALL = "\u{10ffff}";

/** Rows as they are stored. */
export function listedRows(vault: Vault, { id, version, openedAt }: Listed, keys: readonly string[]) {
  return keys.map((value) => ({
    _id: `${hashedKey(vault, { kind: "listed", value })}/${turned(openedAt)}/${id}/${version}`,
    accidentId: id,
    since: version,
  }));
}

export function createCaseListing(connection: Connection, vault: Vault): CaseListing {
  const collection = bare<ListedDocument>(connection, "lookups");
  return {
    async add(accident, keys) {
      const rows = listedRows(vault, accident, keys);
      await repeatable(() => insertFresh(collection.insertMany(rows, { ordered: false })));
    },
    async removeBefore({ id, version }) {
      await collection.deleteMany({ accidentId: id, since: { $lt: version } });
    },
    async list(key, { from, to, after }, limit) {
      const start = `${hashedKey(vault, { kind: "listed", value: key })}/`;
      const first = after ? `${start}${after}/${BEHIND_ALL}` : to ? `${start}${turned(to)}${BEHIND}` : start;
      const last = from ? `${start}${turned(from)}${BEHIND}` : `${start}${BEHIND_ALL}`;
      const range = { _id: { $gte: first, $lt: last } };
      const found = await collection.find(range, { sort: { _id: 1 }, limit, projection: { accidentId: 1 } }).toArray();
      return found.map(({ _id, accidentId }) => ({ accidentId, cursor: _id.split("/").slice(2, 4).join("/") }));
    },
  };
}
