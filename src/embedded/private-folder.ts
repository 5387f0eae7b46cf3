import { chmodSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { factsOf, StartFault } from "../errors.ts";

const FOLDER_MODE = 0o700;
export const FILE_MODE = 0o600;
const OTHERS = 0o077;

/**
 * Makes the folder where it is missing, and removes all rights of other users from it and its files, also
 * where an earlier version left them. Throws a StartFault where the file system or the owner of the folder
 * does not allow that.
 */
export function makePrivate(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: FOLDER_MODE });
  narrow(dir, FOLDER_MODE);
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.isFile() || entry.isSocket()) narrow(join(dir, entry.name), FILE_MODE);
  }
}

function narrow(path: string, mode: number): void {
  try {
    chmodSync(path, mode);
    // Windows has no such rights: folders inherit those of the user profile
    if (process.platform === "win32" || (statSync(path).mode & OTHERS) === 0) return;
  } catch (error) {
    const { code } = factsOf(error);
    // an ending process removes its note and its socket meanwhile
    if (code === "ENOENT") return;
    throw stillOpen(path, code);
  }
  throw stillOpen(path, "its file system keeps no rights");
}

const stillOpen = (path: string, reason: unknown) =>
  new StartFault(
    `${path} cannot be made private to this user (${reason}): choose another DATA_DIR, one that this user owns`,
  );
