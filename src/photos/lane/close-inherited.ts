import { closeSync, readdirSync, readFileSync } from "node:fs";

/*
 * Runs first in a picture process (`--import`). LMDB opens its file without O_CLOEXEC, and a process that
 * decodes untrusted bytes must not hold the database. Only descriptors inherited through exec lack the flag;
 * Node's own have it.
 */
const KEPT = 3;
const CLOSE_ON_EXEC = 0o2000000;
const FOLDER = "/proc/self/fd";

for (const fd of process.platform === "linux" ? readdirSync(FOLDER).map(Number) : []) {
  if (fd > KEPT && isInherited(fd)) closeSync(fd);
}

function isInherited(fd: number): boolean {
  try {
    const flags = /^flags:\s+([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    // the descriptor with which the folder was listed
    return false;
  }
}
