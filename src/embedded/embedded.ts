import { Worker } from "node:worker_threads";
import { Conflict } from "../errors.ts";
import { handingOver } from "./hand-over.ts";
import type { HandedChunks } from "./handed-chunks.ts";
import { own } from "./owner.ts";

export type Embedded = {
  /** For any MongoDB driver, in this process or another one on this machine. */
  uri: string;
  /** The same by a shorter way, a socket in the folder: a command costs a third less. Where the system has none it is `uri`. */
  socketUri: string;
  /** Inserts chunks of GridFS without driver and socket, in their order up to one that is refused; the bytes belong to the database afterwards. Rejects with its codes. */
  insertChunks(handed: HandedChunks): Promise<void>;
  close(): Promise<void>;
};

type Address = { port: number; socket: string | null };
type Message = Partial<Address> & { error?: string };

/**
 * Starts the default database: MongoDB's wire protocol on loopback over the files in `dir`, in a worker thread.
 * Throws a Conflict that says who holds the folder when another process does, or that lmdb is not installed.
 */
export async function startEmbedded({ dir, port = 0 }: { dir: string; port?: number }): Promise<Embedded> {
  const ownership = await own(dir);
  try {
    const worker = new Worker(new URL("./worker.js", import.meta.url), {
      workerData: { dir, port },
      // Each command leaves much short-lived garbage: collected less often it costs less.
      resourceLimits: { maxYoungGenerationSizeMb: 48 },
    });
    const { port: actualPort, socket } = await ready(worker);
    const uri = `mongodb://127.0.0.1:${actualPort}/kuaichu`;
    const socketUri = socket ? `mongodb://${encodeURIComponent(socket)}/kuaichu` : uri;
    ownership.announce(uri);
    return { uri, socketUri, insertChunks: handingOver(worker), close: closer(worker, ownership.release) };
  } catch (error) {
    await ownership.release();
    throw error;
  }
}

function ready(worker: Worker): Promise<Address> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error & { code?: string }) =>
      reject(
        error.code === "ERR_MODULE_NOT_FOUND" ? new Conflict("embedded-left-out", { instead: "MONGODB_URI" }) : error,
      );
    worker.once("error", failed);
    worker.once("message", ({ port, socket }: Message) => {
      worker.off("error", failed);
      // Without its database the process is of no use: it ends, and is started again by whoever keeps it running.
      worker.on("error", (error) => {
        throw error;
      });
      worker.on("message", ({ error }: Message) => {
        if (error) process.emitWarning(error, "EmbeddedDatabase");
      });
      resolve({ port: port!, socket: socket ?? null });
    });
  });
}

function closer(worker: Worker, release: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () => {
    closing ??= new Promise<void>((resolve) => {
      worker.once("exit", () => resolve());
      worker.postMessage({});
    }).then(release);
    return closing;
  };
}
