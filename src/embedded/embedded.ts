import { Worker } from "node:worker_threads";
import { StartFault } from "../errors.ts";
import { requireWhole } from "./check.ts";
import { diskAt } from "./disk/disk.ts";
import { Room, type RoomState } from "./disk/room.ts";
import { own } from "./owner.ts";
import { makePrivate } from "./private-folder.ts";

export type Embedded = {
  /**
   * Address for any MongoDB driver of the same user on this machine: a socket in the folder, on Windows
   * `tcpUri`.
   */
  uri: string;
  /** null: no TCP, because no port was asked for */
  tcpUri: string | null;
  /** room left on the disk, and for what it is enough */
  room(): RoomState;
  close(): Promise<void>;
};

/** Addresses that the thread listens on; at least one is not null. */
type Address = { socket: string | null; port: number | null };
type Message = Partial<Address> & { error?: string };

/**
 * `port`: also opens TCP on loopback, to every user of this machine without a password (0: any free port).
 */
export type EmbeddedOptions = { dir: string; port?: number | null };

/**
 * Starts the default database over the files in `dir`, in a worker thread: MongoDB's wire protocol on a
 * socket in that folder. Makes folder and files private. Throws a Conflict that names the process that holds
 * the folder, or a StartFault for a damaged database or a full disk.
 */
export async function startEmbedded({ dir, port = null }: EmbeddedOptions): Promise<Embedded> {
  makePrivate(dir);
  const room = new Room(diskAt(dir).freeBytes);
  if (room.state().isFull)
    throw new StartFault(`The disk of ${dir} is full: make room on it, or choose another DATA_DIR. Nothing is lost.`);
  const ownership = await own(dir);
  try {
    await requireWhole(dir);
    const worker = new Worker(new URL("./worker.js", import.meta.url), {
      workerData: { dir, port },
      // Each command leaves much short-lived garbage: a larger young generation collects it less often.
      resourceLimits: { maxYoungGenerationSizeMb: 48 },
    });
    const address = await ready(worker);
    const tcpUri = address.port === null ? null : `mongodb://127.0.0.1:${address.port}/kuaichu`;
    const uri = address.socket ? `mongodb://${encodeURIComponent(address.socket)}/kuaichu` : (tcpUri as string);
    ownership.announce(uri);
    return {
      uri,
      tcpUri,
      room: () => room.state(),
      close: closer(worker, ownership.release),
    };
  } catch (error) {
    await ownership.release();
    throw error;
  }
}

function ready(worker: Worker): Promise<Address> {
  return new Promise((resolve, reject) => {
    // an error loses its class when it leaves the thread
    const failed = (error: Error) => reject(error.name === StartFault.name ? new StartFault(error.message) : error);
    worker.once("error", failed);
    worker.once("message", ({ port = null, socket = null }: Message) => {
      worker.off("error", failed);
      // Without its database the process is of no use: it ends, for its supervisor to restart it.
      worker.on("error", (error) => {
        throw error;
      });
      worker.on("message", ({ error }: Message) => {
        if (error) process.emitWarning(error, "EmbeddedDatabase");
      });
      resolve({ port, socket });
    });
  });
}

function closer(worker: Worker, release: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () => {
    closing ??= new Promise<void>((resolve) => {
      worker.once("exit", () => resolve());
      worker.postMessage("close");
    }).then(release);
    return closing;
  };
}
