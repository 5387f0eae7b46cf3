import { type Disk, diskAt, type Tree } from "../../src/embedded/disk/disk.ts";

export const ENOSPC = 28;
export const EIO = 5;
export const MB = 1024 * 1024;

/** The disk's present state: the code with which each commit fails, and its free bytes. */
export interface Says {
  code: number | null;
  free: number;
}

/**
 * A disk whose commits can be made to fail as LMDB's do: one error for every statement in the commit, its
 * reason in a promise beside it.
 */
export function failingDisk(dir: string): { disk: Disk; says: Says } {
  const says: Says = { code: null, free: Number.POSITIVE_INFINITY };
  const open: Disk["open"] = (options) => {
    const tree = diskAt(dir).open(options);
    const transaction = tree.transaction.bind(tree);
    const failing = async (action: () => unknown) => {
      const { code } = says;
      if (code === null) return transaction(action);
      await transaction(() => rolledBack(tree, action)).catch(() => {});
      const commitError = Promise.reject(Object.assign(new Error("the disk's own words"), { code }));
      commitError.catch(() => {});
      throw Object.assign(new Error("Commit failed"), { commitError });
    };
    return Object.assign(tree, { transaction: failing }) as Tree;
  };
  return { disk: { open, freeBytes: () => says.free }, says };
}

function rolledBack(tree: Tree, action: () => unknown): void {
  tree.childTransaction(() => {
    action();
    throw new Error("rolled back");
  });
}
