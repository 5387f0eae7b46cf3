import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const made: string[] = [];

/**
 * Makes a folder that is gone when this process ends, after all hooks and whether or not its tests passed.
 */
export function temporaryFolder(name: string): string {
  const dir = mkdtempSync(join(tmpdir(), `kuaichu-${name}-`));
  if (made.length === 0) process.on("exit", removeAll);
  made.push(dir);
  return dir;
}

/** A killed child may still be writing its last file. */
function removeAll(): void {
  for (const dir of made) rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
}
