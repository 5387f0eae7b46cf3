import { chmodSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";

const FOLDER_MODE = 0o700;
export const FILE_MODE = 0o600;

/** Makes the folder where there is none; it and what lies in it is its owner's alone, also where an earlier version left it open. */
export function makePrivate(dir: string): void {
  mkdirSync(dir, { recursive: true, mode: FOLDER_MODE });
  chmodSync(dir, FOLDER_MODE);
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.isFile() || entry.isSocket()) chmodSync(join(dir, entry.name), FILE_MODE);
  }
}
