import type { Connection } from "mongoose";
import { bare } from "./bulk.ts";
import { unlessThere } from "./duplicate.ts";

/** `details`: what a driver had kept for the next case */
export const ERASED_KINDS = ["case", "person", "details"] as const;

/** An erasure. Its id is a case's, or a person's keyed hash. */
export interface Erasure {
  kind: (typeof ERASED_KINDS)[number];
  id: string;
  at: Date;
}

/**
 * What was erased, so that a backup that was made before does not bring it back. Of a case it is written
 * while its erasure is under way and is made good after a crash, so that none is missing.
 */
export interface ErasedList {
  /** Keeps the latest of each. */
  note(erased: Pick<Erasure, "kind" | "id">): Promise<void>;
  /** In the order of kinds and ids. */
  list(): AsyncIterable<Erasure>;
}

interface ErasedDocument {
  _id: string;
  at: Date;
  /** of what names a person, if only by a keyed hash */
  expiresAt?: Date;
}

const PAGE = 1_000;
/** No backup may be older than a year; a month more for who is late. */
const KEPT_MS = 396 * 86_400_000;

export async function createErasedList(connection: Connection, now: () => Date): Promise<ErasedList> {
  const rows = bare<ErasedDocument>(connection, "erased");
  await rows.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 });
  return {
    async note({ kind, id }) {
      const [_id, at] = [`${kind}/${id}`, now()];
      const set = { at, ...(kind !== "case" && { expiresAt: new Date(at.getTime() + KEPT_MS) }) };
      if ((await rows.updateOne({ _id }, { $set: set })).matchedCount === 0)
        await rows.insertOne({ _id, ...set }).catch(unlessThere);
    },
    async *list() {
      for (let last = ""; ; ) {
        const page = await rows.find({ _id: { $gt: last } }, { sort: { _id: 1 }, limit: PAGE }).toArray();
        for (const { _id, at } of page) yield erasureOf(_id, at);
        if (page.length < PAGE) return;
        last = page.at(-1)?._id ?? "";
      }
    },
  };
}

function erasureOf(_id: string, at: Date): Erasure {
  const cut = _id.indexOf("/");
  return { kind: _id.slice(0, cut) as Erasure["kind"], id: _id.slice(cut + 1), at };
}
