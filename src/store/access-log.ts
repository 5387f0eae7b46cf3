import { randomBytes } from "node:crypto";
import type { Connection } from "mongoose";
import { type AccessEntry, type AccessRow, rowId } from "../domain/access.ts";
import { bare } from "./bulk.ts";
import { isDuplicate } from "./duplicate.ts";
import type { Vault } from "./vault.ts";

/**
 * Who looked at what and did what at the desk. Each row carries a keyed hash of itself and of the row before
 * it; each process has a chain for each day, since one chain for all would be one hot document.
 */
export interface AccessLog {
  /** Stores a row before what it tells of is shown or done. */
  add(entry: AccessEntry): Promise<void>;
  /** The newest first; `before`: those that stand behind this row. */
  list(filter: AccessFilter, limit: number): Promise<AccessRow[]>;
  /**
   * Removes rows of the days before this one's, at most a page; the last of each chain go first. Returns
   * how many.
   */
  remove(before: Date): Promise<number>;
  /** Reads every chain. */
  verify(): Promise<{ chains: number; rows: number; broken: { chain: string; seq: number } | null }>;
}

export interface AccessFilter {
  officerIds?: readonly string[];
  accidentId?: string;
  from?: Date;
  to?: Date;
  /** a row's id; one that was removed with the days before has nothing behind it */
  before?: string;
}

interface RowDocument extends AccessRow {
  _id: string;
  previous: string;
  hash: string;
}

interface Head {
  chain: string;
  seq: number;
  hash: string;
}

const AT_ONCE = 500;

type Rows = ReturnType<typeof bare<RowDocument>>;
type HashOf = (row: Omit<RowDocument, "hash">) => string;

export async function createAccessLog(connection: Connection, vault: Vault, now: () => Date): Promise<AccessLog> {
  const rows: Rows = bare<RowDocument>(connection, "access_log");
  await rows.createIndex({ at: -1, _id: -1 });
  await rows.createIndex({ officerId: 1, at: -1, _id: -1 });
  await rows.createIndex({ accidentId: 1, at: -1, _id: -1 });
  const hashOf: HashOf = ({ chain, seq, at, officerId, address, act, accidentId, reason, previous }) =>
    vault.lookupHash(
      "access-log",
      JSON.stringify([chain, seq, at.toISOString(), officerId, address, act, accidentId, reason, previous]),
    );
  const append = appending(rows, hashOf, now);
  let queue: Promise<unknown> = Promise.resolve();
  return {
    add(entry) {
      const added = queue.then(() => append(entry));
      queue = added.catch(() => {});
      return added;
    },
    async list({ officerIds, accidentId, from, to, before }, limit) {
      const last = before === undefined ? null : await rows.findOne({ _id: before });
      if (before !== undefined && !last) return [];
      const at = { ...(from && { $gte: from }), ...(to && { $lt: to }), ...(last && { $lte: last.at }) };
      const filter = {
        ...(officerIds && { officerId: officerIds.length === 1 ? officerIds[0]! : { $in: [...officerIds] } }),
        ...(accidentId && { accidentId }),
        ...(Object.keys(at).length > 0 && { at }),
        ...(last && { $or: [{ at: { $lt: last.at } }, { at: last.at, _id: { $lt: last._id } }] }),
      };
      return rows.find(filter, { sort: { at: -1, _id: -1 }, limit }).toArray();
    },
    async remove(before) {
      const earlier = { _id: { $lt: before.toISOString().slice(0, 10) } };
      const options = { sort: { _id: -1 as const }, projection: { _id: 1 }, limit: AT_ONCE };
      const ids = (await rows.find(earlier, options).toArray()).map(({ _id }) => _id);
      if (ids.length > 0) await rows.deleteMany({ _id: { $in: ids } });
      return ids.length;
    },
    verify: () => verify(rows, hashOf),
  };
}

/** Appends to this process's chain of the day, one row after the other. */
function appending(rows: Rows, hashOf: HashOf, now: () => Date): (entry: AccessEntry) => Promise<void> {
  const process = randomBytes(6).toString("hex");
  let head: Head | null = null;

  /** Inserts one row behind `after`; returns what now stands there, which may be an earlier attempt's. */
  async function insertBehind(after: Head, at: Date, entry: AccessEntry): Promise<{ head: Head; isMine: boolean }> {
    const { chain, seq, hash: previous } = after;
    const row = { _id: rowId({ chain, seq }), chain, seq, at, ...entry, previous };
    const hash = hashOf(row);
    try {
      await rows.insertOne({ ...row, hash });
      return { head: { chain, seq: seq + 1, hash }, isMine: true };
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      // an attempt whose answer was lost: it stands
      const there = await rows.findOne({ _id: row._id });
      if (!there) throw error;
      return { head: { chain, seq: seq + 1, hash: there.hash }, isMine: there.hash === hash };
    }
  }

  return async (entry) => {
    const at = now();
    const chain = `${at.toISOString().slice(0, 10)}-${process}`;
    // the first row of a day carries the last of the day before
    let after: Head = head?.chain === chain ? head : { chain, seq: 0, hash: head?.hash ?? "" };
    for (let isMine = false; !isMine; ) {
      ({ head: after, isMine } = await insertBehind(after, at, entry));
      head = after;
    }
  };
}

async function* inOrder(rows: Rows) {
  let last = "";
  for (;;) {
    const found = await rows.find({ _id: { $gt: last } }, { sort: { _id: 1 }, limit: AT_ONCE }).toArray();
    yield* found;
    if (found.length < AT_ONCE) return;
    last = found.at(-1)!._id;
  }
}

async function verify(rows: Rows, hashOf: HashOf): ReturnType<AccessLog["verify"]> {
  const seen = { chains: 0, rows: 0 };
  let before: RowDocument | null = null;
  for await (const row of inOrder(rows)) {
    const isFirst: boolean = before?.chain !== row.chain;
    const follows = isFirst ? row.seq === 0 : row.seq === before!.seq + 1 && row.previous === before!.hash;
    const isWhole = follows && row._id === rowId(row) && row.hash === hashOf(row);
    if (!isWhole) return { ...seen, broken: { chain: row.chain, seq: row.seq } };
    if (isFirst) seen.chains += 1;
    seen.rows += 1;
    before = row;
  }
  return { ...seen, broken: null };
}
