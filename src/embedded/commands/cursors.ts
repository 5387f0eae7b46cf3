import { randomBytes } from "node:crypto";
import { Fault } from "../fault.ts";
import { type Doc, docOf, RawDoc } from "../values/value.ts";
import type { Rows } from "./row.ts";

/** Idle time in ms after which a cursor is closed. */
const IDLE_MS = 55_000;
const BATCH_BYTES = 16 * 1024 * 1024;
export const FIRST_BATCH = 101;

type Cursor = { namespace: string; rows: Rows; pending: readonly Buffer[]; at: number; usedAt: number; busy: boolean };
type Batch = { documents: Buffer[]; finished: boolean };

/** Open cursors, each with the rest of its query. */
export class Cursors {
  readonly #open = new Map<bigint, Cursor>();
  readonly #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Answers with the first batch; a cursor keeps the rest unless a `single` batch is wanted. */
  async start(namespace: string, rows: Rows, { batchSize = FIRST_BATCH, single = false }): Promise<Doc> {
    const cursor: Cursor = { namespace, rows, pending: [], at: 0, usedAt: this.#clock(), busy: false };
    const { documents, finished } = await fill(cursor, batchSize);
    const id = finished || single ? 0n : newId();
    if (id !== 0n) this.#open.set(id, cursor);
    else await rows.return();
    return answer("firstBatch", documents, { id, namespace });
  }

  async more(id: bigint, namespace: string, batchSize = Number.POSITIVE_INFINITY): Promise<Doc> {
    const cursor = this.#open.get(id);
    if (!cursor) throw new Fault(43, `cursor id ${id} not found`);
    if (cursor.namespace !== namespace)
      throw new Fault(13, `Requested getMore on namespace '${namespace}', but cursor belongs to another`);
    if (cursor.busy) throw new Fault(12051, `cursor id ${id} is already in use`);
    cursor.busy = true;
    try {
      const { documents, finished } = await fill(cursor, batchSize);
      if (finished) this.#open.delete(id);
      return answer("nextBatch", documents, { id: finished ? 0n : id, namespace });
    } catch (error) {
      this.#open.delete(id);
      throw error;
    } finally {
      cursor.busy = false;
      cursor.usedAt = this.#clock();
    }
  }

  /** Closes the cursor; false when there was none of this id. */
  kill(id: bigint): boolean {
    return this.#open.delete(id);
  }

  closeIdle(): void {
    const limit = this.#clock() - IDLE_MS;
    for (const [id, cursor] of this.#open) if (!cursor.busy && cursor.usedAt < limit) this.#open.delete(id);
  }
}

function newId(): bigint {
  return (randomBytes(8).readBigUInt64BE() >> 1n) | 1n;
}

async function fill(cursor: Cursor, most: number): Promise<Batch> {
  const documents: Buffer[] = [];
  let bytes = 0;
  while (true) {
    while (cursor.at < cursor.pending.length) {
      const next = cursor.pending[cursor.at]!;
      if (documents.length >= most || (documents.length > 0 && bytes + next.length > BATCH_BYTES))
        return { documents, finished: false };
      documents.push(next);
      bytes += next.length;
      cursor.at++;
    }
    // batchSize 0 opens a cursor without reading.
    if (most === 0) return { documents, finished: false };
    const piece = await cursor.rows.next();
    if (piece.done) return { documents, finished: true };
    cursor.pending = piece.value.map((row) => row.raw);
    cursor.at = 0;
  }
}

function answer(name: string, documents: readonly Buffer[], { id, namespace }: { id: bigint; namespace: string }): Doc {
  return docOf({ cursor: docOf({ [name]: documents.map((raw) => new RawDoc(raw)), id, ns: namespace }), ok: 1 });
}
