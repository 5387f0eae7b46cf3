import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Conflict, errorOf, StartFault } from "../errors.ts";
import { lookThrough } from "./check.ts";
import { diskAt, FILE } from "./disk/disk.ts";
import { type Ownership, own } from "./owner.ts";
import { makePrivate } from "./private-folder.ts";

const LOOK_MS = 250;
const PARTIAL = ".partial";
/** Room to leave: the server may write to the same disk, and refuses photographs when little is left. */
const LEFT_BYTES = 64 * 1024 * 1024;

/** Bytes copied so far, of how many. The copy is checked after copying. */
export type Progress = { doing: "copying" | "checking"; bytes: number; of: number };

export interface Backup {
  /** the folder of the database, which may be in use */
  from: string;
  /** the folder to be made; must not exist */
  to: string;
  progress(state: Progress): void;
}

/**
 * Copies the database as it is at one moment while its owner goes on writing: whole documents, and all that
 * was acknowledged before. The copy gets its name only after it was checked and is on the disk. Returns its
 * size in bytes. Throws a StartFault.
 */
export async function backUp({ from, to, progress }: Backup): Promise<number> {
  const { size } = statSync(join(from, FILE), { throwIfNoEntry: false }) ?? {};
  if (!size)
    throw new StartFault(`There is no database in ${from}: DATA_DIR names another folder, or nothing has run yet.`);
  if (statSync(to, { throwIfNoEntry: false })) throw new StartFault(`${to} is there already: name another folder.`);
  const partial = `${to}${PARTIAL}`;
  const ownership = await ownOf(partial);
  try {
    // an interrupted copy may have left files
    removeAllBut(null, partial);
    requireRoom(partial, size);
    await copy(from, { file: join(partial, FILE), report: (bytes) => progress({ doing: "copying", bytes, of: size }) });
    makePrivate(partial);
    flush(join(partial, FILE));
    const bytes = statSync(join(partial, FILE)).size;
    progress({ doing: "checking", bytes, of: bytes });
    const fault = await lookThrough(partial);
    if (fault)
      throw new StartFault(
        `The copy is not whole (${fault}), and was thrown away: the database in ${from} is damaged.`,
      );
    removeAllBut(FILE, partial);
    renameSync(partial, to);
    flush(dirname(to));
    return bytes;
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    throw error;
  } finally {
    await ownership.release();
  }
}

/**
 * Makes the folder and holds it for this process until `release`. Throws a StartFault where another process
 * has it.
 */
async function ownOf(partial: string): Promise<Ownership> {
  try {
    return await own(partial);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    throw new StartFault(
      `${partial} is being written by ${error.details.holder}: wait for it, or name another folder.`,
    );
  }
}

function removeAllBut(kept: string | null, folder: string): void {
  for (const name of readdirSync(folder))
    if (name !== kept) rmSync(join(folder, name), { recursive: true, force: true });
}

function requireRoom(folder: string, bytes: number): void {
  if (diskAt(folder).freeBytes() < bytes + LEFT_BYTES)
    throw new StartFault(
      `There is no room for ${megabytes(bytes)} MB in ${dirname(folder)}: name a folder on another disk.`,
    );
}

const megabytes = (bytes: number): number => Math.ceil(bytes / 1024 / 1024);

async function copy(from: string, { file, report }: { file: string; report(bytes: number): void }): Promise<void> {
  const tree = diskAt(from).open({ readOnly: true });
  const done = new AbortController();
  const copying = tree.backup(file, false).finally(() => done.abort());
  const watching = watch(file, { report, signal: done.signal });
  try {
    await copying;
  } catch (error) {
    throw new StartFault(`${from} could not be copied: ${errorOf(error).message}.`, error);
  } finally {
    await watching;
    await tree.close();
  }
}

async function watch(file: string, { report, signal }: { report(bytes: number): void; signal: AbortSignal }) {
  while (!signal.aborted) {
    report(statSync(file, { throwIfNoEntry: false })?.size ?? 0);
    await sleep(LOOK_MS, undefined, { signal }).catch(() => {});
  }
}

/** Forces a file or a folder to the disk. */
function flush(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
