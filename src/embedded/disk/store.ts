import type { Disk, Tree } from "./disk.ts";
import { faultOfCommit, hearOfFailedBatches } from "./failed-commit.ts";
import { Room } from "./room.ts";

/** Counts of what was read, for tests that prove that an index was used. */
export type Reads = { collectionScans: number; indexScans: number; documents: number };

export type Range = { from: Buffer; to: Buffer; reverse?: boolean };

/** The LMDB file: ordered keys and values of bytes. */
export class Store {
  readonly reads: Reads = { collectionScans: 0, indexScans: 0, documents: 0 };
  /** Number of changes so far: while it is the same, what was read still holds. */
  changes = 0;
  /** Number of writes that are not on the disk yet: a read may lack what they change. */
  writing = 0;
  readonly #db: Tree;
  readonly #room: Room;
  readonly #disk: Disk;

  /** `readOnly`: for a process that is not the owner of the folder. */
  constructor(disk: Disk, { readOnly = false } = {}) {
    this.#disk = disk;
    this.#room = new Room(() => disk.freeBytes());
    this.#db = disk.open({ readOnly });
    hearOfFailedBatches(this.#db);
  }

  get(key: Buffer): Buffer | undefined {
    return this.#db.get(key);
  }

  /** Call before the first change of a document of that size. Throws OutOfDiskSpace. */
  requireRoom(bytes: number): void {
    this.#room.take(bytes);
  }

  /** Call inside {@link write}. The bytes are copied before it returns. */
  put(key: Buffer, value: Buffer): void {
    this.changes++;
    this.#db.put(key, value);
  }

  remove(key: Buffer): void {
    this.changes++;
    this.#db.remove(key);
  }

  /** Yields the entries from `from` up to, not including, `to`. The caller may stop at any time. */
  *range({ from, to, reverse }: Range): Generator<{ key: Buffer; value: Buffer }> {
    for (const { key, value } of this.#db.getRange({ start: reverse ? to : from, reverse: reverse === true })) {
      const bytes = view(key);
      if (Buffer.compare(bytes, to) >= 0) {
        if (reverse) continue;
        return;
      }
      if (Buffer.compare(bytes, from) < 0) return;
      yield { key: bytes, value };
    }
  }

  count({ from, to }: Range): number {
    return this.#db.getKeysCount({ start: from, end: to });
  }

  /** How many entries the file says that it has, and how many its pages lead to. */
  entries(): { noted: number; found: number } {
    const { entryCount } = this.#db.getStats() as { entryCount: number };
    return { noted: entryCount, found: this.#db.getKeysCount({}) };
  }

  /**
   * Runs `action` in the next group commit; resolves when that is on the disk. `action` must keep its
   * statements in {@link atomic}, because LMDB keeps what was written before a throw. Throws OutOfDiskSpace
   * when the commit could not be written; nothing of it holds then.
   */
  async write<T>(action: () => T): Promise<T> {
    this.writing++;
    let taken = 0;
    const outcome = await this.#db
      .transaction(() => {
        const before = this.#room.taken;
        try {
          return { value: action() };
        } catch (error) {
          return { error };
        } finally {
          taken = this.#room.taken - before;
        }
      })
      .catch(async (error: unknown) => {
        this.changes++;
        throw await faultOfCommit(error, () => this.#disk.freeBytes());
      })
      .finally(() => {
        this.writing--;
        this.#room.written(taken);
      });
    if ("error" in outcome) throw outcome.error;
    return outcome.value;
  }

  /** Call inside {@link write}. Everything that `action` writes is kept, or nothing when it throws. */
  atomic<T>(action: () => T): T {
    return this.#db.childTransaction(action) as T;
  }

  close(): Promise<void> {
    return this.#db.close();
  }
}

function view(key: Uint8Array): Buffer {
  return Buffer.from(key.buffer, key.byteOffset, key.length);
}
