import { statfsSync } from "node:fs";
import { join } from "node:path";
import { open, type RootDatabase } from "lmdb";

/** The name of the one file that holds all documents and indexes. */
export const FILE = "kuaichu.mdb";

export type Tree = RootDatabase<Buffer, Buffer>;

/** What the database asks of the file system. A test passes one that fails. */
export interface Disk {
  /** `readOnly`: for a process that is not the folder's owner. */
  open(options?: { readOnly?: boolean }): Tree;
  /** Free bytes on the disk of the folder; infinite where the file system does not tell. */
  freeBytes(): number;
}

/** The disk of the existing folder `dir`. */
export const diskAt = (dir: string): Disk => ({
  open: ({ readOnly = false } = {}) =>
    open<Buffer, Buffer>({ path: join(dir, FILE), encoding: "binary", keyEncoding: "binary", readOnly }),
  freeBytes() {
    const { blocks, bavail, bsize } = statfsSync(dir);
    return blocks === 0 ? Number.POSITIVE_INFINITY : bavail * bsize;
  },
});
