import { closeSync, constants, openSync, rmSync } from "node:fs";
import type { Server } from "node:net";
import { join, resolve } from "node:path";
import { factsOf, StartFault } from "../errors.ts";

const NAME = "mongodb.sock";
/** longest address of a socket in bytes, on the system with the smallest limit */
const LONGEST_ADDRESS = 103;

export interface NearbyServer {
  server: Server;
  /** address for this process and others of the same user */
  path: string;
  close(): void;
}

/**
 * Listens on a socket in the folder that this process owns, replacing one that an ended process has left.
 * Null on Windows. Throws a StartFault where the file system has no sockets, such as some network file
 * systems.
 */
export async function listenInFolder(
  dir: string,
  listen: (place: { path: string }) => Promise<Server>,
): Promise<NearbyServer | null> {
  if (process.platform === "win32") return null;
  rmSync(join(dir, NAME), { force: true });
  const { folder, close } = shortened(resolve(dir));
  const path = join(folder, NAME);
  try {
    const server = await listen({ path });
    return { server, path, close: () => void server.close(close) };
  } catch (error) {
    close();
    const { code } = factsOf(error);
    throw new StartFault(
      `No socket can be made at ${join(dir, NAME)} (${code}): choose another DATA_DIR, with a shorter path`,
    );
  }
}

/**
 * Shortens the path, since the address of a socket holds about a hundred bytes: on Linux an open folder can
 * be reached as /proc/PID/fd/N.
 */
function shortened(folder: string): { folder: string; close: () => void } {
  const isShort = Buffer.byteLength(join(folder, NAME)) <= LONGEST_ADDRESS;
  if (isShort || process.platform !== "linux") return { folder, close: () => {} };
  const fd = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  return { folder: `/proc/${process.pid}/fd/${fd}`, close: () => closeSync(fd) };
}
