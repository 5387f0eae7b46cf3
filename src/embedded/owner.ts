import { createHash } from "node:crypto";
import { readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { Conflict, factsOf } from "../errors.ts";
import { FILE_MODE, makePrivate } from "./private-folder.ts";

/**
 * A folder that this process holds until `release`. `announce` writes for other processes where to reach
 * the database.
 */
export type Ownership = { announce(uri: string): void; release(): Promise<void> };

type Note = { pid: number; since: string; uri: string | null };
const NOTE = "owner.json";

/**
 * Takes the lock of the folder, because LMDB lets a second process open the same files, which would not see
 * the catalogue of the first. On Linux the lock is an abstract socket: the kernel releases it when the
 * process ends, however it ends.
 */
export async function own(dir: string): Promise<Ownership> {
  makePrivate(dir);
  const folder = realpathSync(dir);
  const unlock = process.platform === "linux" ? await lockSocket(folder) : lockFile(folder);
  const note = (uri: string | null) =>
    writeFileSync(
      join(folder, NOTE),
      JSON.stringify({ pid: process.pid, since: new Date().toISOString(), uri } satisfies Note),
      { mode: FILE_MODE },
    );
  note(null);
  return {
    announce: note,
    release: async () => {
      rmSync(join(folder, NOTE), { force: true });
      await unlock();
    },
  };
}

function lockSocket(folder: string): Promise<() => Promise<void>> {
  const name = `\0kuaichu-${createHash("sha256").update(folder).digest("hex").slice(0, 40)}`;
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(Reflect.get(error, "code") === "EADDRINUSE" ? inUse(folder) : error));
    server.listen(name, () => {
      server.unref();
      resolve(() => new Promise((done) => server.close(() => done())));
    });
  });
}

/**
 * On other systems the lock is a file with the process id of the owner. The lock of a process that has
 * ended is taken over.
 */
function lockFile(folder: string): () => Promise<void> {
  const path = join(folder, "lock");
  try {
    writeFileSync(path, String(process.pid), { flag: "wx", mode: FILE_MODE });
  } catch {
    if (isAlive(Number(readFileSync(path, "utf8")))) throw inUse(folder);
    rmSync(path, { force: true });
    writeFileSync(path, String(process.pid), { flag: "wx", mode: FILE_MODE });
  }
  return async () => rmSync(path, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return factsOf(error).code === "EPERM";
  }
}

function inUse(folder: string): Conflict {
  const note = readNote(folder);
  const holder = note ? `process ${note.pid}, since ${note.since}` : "another process";
  const advice = note?.uri
    ? `To use the same data from here, set MONGODB_URI=${note.uri}`
    : "Stop it first, or choose another DATA_DIR";
  const conflict = new Conflict("database-folder-in-use", { folder, holder, uri: note?.uri ?? null });
  conflict.message = `The database folder ${folder} is in use by ${holder}. ${advice}.`;
  return conflict;
}

function readNote(folder: string): Note | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, NOTE), "utf8")) as Note;
  } catch {
    return undefined;
  }
}
