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

const TRIES = 50;
const PAUSE_MS = 100;

function removeAll(): void {
  for (const dir of made) remove(dir);
}

/**
 * A killed child may still be writing its last file. rmSync's own retries list the folder once only and never
 * remove what was written after that.
 */
function remove(dir: string): void {
  for (let tries = 1; ; tries++) {
    try {
      rmSync(dir, { recursive: true, force: true });
      return;
    } catch (error) {
      if (tries === TRIES) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}
