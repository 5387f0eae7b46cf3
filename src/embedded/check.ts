import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { StartFault } from "../errors.ts";
import { FILE } from "./disk/disk.ts";
import { FILE_MODE } from "./private-folder.ts";

/**
 * Name of the note beside the database's file: identity, size and time of the file when it was closed in
 * order. While they are unchanged the file is not checked again.
 */
const NOTE = "closed.json";

/**
 * Checks the whole database unless its file is as it was when it was closed. A killed process leaves it
 * whole; a copy made by hand during writing, a damaged disk or another program may not. Runs in a process of
 * its own, because LMDB crashes on inconsistent pages. Throws a StartFault that says what is wrong and what
 * to do.
 */
export async function requireWhole(dir: string): Promise<void> {
  const { is, was } = stateOf(dir);
  if (is === null || is === was) return;
  const fault = await lookThrough(dir);
  if (fault === null) return;
  throw new StartFault(
    `The database in ${dir} is damaged (${fault}): move the folder away, then restore a backup (README, "Keep it") or begin with an empty one.`,
  );
}

/** Notes that the database was closed in order. Call it after the last write. */
export function noteClosed(dir: string): void {
  const { is } = stateOf(dir);
  if (is !== null) writeFileSync(join(dir, NOTE), is, { mode: FILE_MODE });
}

/** Removes that note. Call it before the first write. */
export const forgetClosed = (dir: string): void => rmSync(join(dir, NOTE), { force: true });

function stateOf(dir: string): { is: string | null; was: string | null } {
  const file = statSync(join(dir, FILE), { bigint: true, throwIfNoEntry: false });
  // an empty file is initialised like a missing one
  if (!file || file.size === 0n) return { is: null, was: null };
  const facts = [file.dev, file.ino, file.size, file.mtimeNs].map(String);
  return { is: JSON.stringify(facts), was: readOrNull(join(dir, NOTE)) };
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

const PROCESS = fileURLToPath(new URL("./check-process.js", import.meta.url));

/** Checks the database in the folder; returns what is wrong with it, or null. */
export async function lookThrough(dir: string): Promise<string | null> {
  const child = spawn(process.execPath, [PROCESS, dir], { stdio: ["ignore", "pipe", "ignore"] });
  let said = "";
  child.stdout.on("data", (text) => {
    said += text;
  });
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  if (code === 0) return null;
  const [words] = said.split("\n");
  return words || `it cannot be read: ${signal ?? `code ${code}`}`;
}
