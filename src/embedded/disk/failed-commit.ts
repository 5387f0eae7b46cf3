import { Fault } from "../fault.ts";
import type { Tree } from "./disk.ts";

/**
 * Errors of LMDB for a full disk: ENOSPC, EDQUOT, and EIO when only a part of its pages could be written.
 */
const FULL_CODES: readonly unknown[] = [28, 122, 5];
/** With more than this free, a partial write means a broken disk rather than a full one. */
const ROOMY_BYTES = 64 * 1024 * 1024;

/**
 * Turns what LMDB throws for a failed commit into a Fault: OutOfDiskSpace, or an internal error that names
 * LMDB's reason. Every statement of that commit fails with it; the data stays as it was, and the next commit
 * is tried anew.
 */
export async function faultOfCommit(error: unknown, freeBytes: () => number): Promise<unknown> {
  const reason = await reasonOf(error);
  if (reason === null) return error;
  const { code, message } = reason;
  const isFull = FULL_CODES.includes(code) && (code !== 5 || freeBytes() < ROOMY_BYTES);
  return isFull
    ? new Fault(14031, "no space left on the disk: the commit could not be written")
    : new Fault(8, `the commit could not be written: ${message} (${String(code)})`);
}

/** LMDB rejects a commit with a general error and gives the reason in a promise that it attaches to it. */
async function reasonOf(error: unknown): Promise<{ code: unknown; message: string } | null> {
  const { commitError } = error as { commitError?: Promise<unknown> };
  if (!commitError) return null;
  return commitError.then(
    () => null,
    (reason) => reason,
  );
}

/**
 * Handles rejections of the promise that LMDB makes for each batch and does not return: unhandled, a failed
 * commit would end the process.
 */
export function hearOfFailedBatches(tree: Tree): void {
  tree.on("beforecommit", () => {
    queueMicrotask(() => {
      tree.committed.then(
        () => {},
        () => {},
      );
    });
  });
}
