import mongoose, { type Connection } from "mongoose";
import { Busy } from "../errors.ts";
import type { Keeper } from "./blob-keeper.ts";

/** Few round trips and documents; each stays far below the 16 MB that a document may hold. */
export const CHUNK_BYTES = 1024 * 1024 - 1024;

interface Chunk {
  files_id: mongoose.mongo.ObjectId;
  n: number;
  data: mongoose.mongo.Binary;
}

/** The chunks of GridFS, as its specification has them: its own tools read them. The driver's bucket would send one command for each. */
export async function createGridfs(connection: Connection): Promise<Keeper> {
  const chunks = connection.collection<Chunk>("blobs.chunks");
  await chunks.createIndex({ files_id: 1, n: 1 }, { unique: true });
  return {
    async save(uploads) {
      const documents = uploads.flatMap(({ id, sealed }) => chunksOf(id, sealed));
      await chunks.insertMany(documents).catch(asFault);
    },
    async read({ id }) {
      const found = await chunks.find({ files_id: id }, { sort: { n: 1 } }).toArray();
      if (found.length === 0) return null;
      return Buffer.concat(found.map(({ data }) => data.buffer));
    },
    async remove(uploads) {
      await chunks.deleteMany({ files_id: { $in: uploads.map(({ id }) => id) } });
    },
  };
}

function chunksOf(id: mongoose.mongo.ObjectId, sealed: Buffer): Chunk[] {
  return Array.from({ length: Math.ceil(sealed.length / CHUNK_BYTES) }, (_, n) => ({
    files_id: id,
    n,
    data: new mongoose.mongo.Binary(sealed.subarray(n * CHUNK_BYTES, (n + 1) * CHUNK_BYTES)),
  }));
}

/** OutOfDiskSpace, and what Atlas says when its share is used up */
const FULL_CODES: readonly unknown[] = [14031, 8000];
const FULL_WORDS = /no space left|disk full|ENOSPC|MDB_MAP_FULL|space quota|could not extend file/i;
const RETRY_AFTER_S = 60;

/** A full disk is said as such: the same picture goes through once there is room. Throws. */
function asFault(error: unknown): never {
  const { code, message } = error as { code?: unknown; message: string };
  if (FULL_CODES.includes(code) || FULL_WORDS.test(message)) throw new Busy(RETRY_AFTER_S, "storage-full");
  throw error;
}

/** For what else is written for a file: its entry in the register meets the same disk. */
export const withRoom = <T>(writing: Promise<T>): Promise<T> => writing.catch(asFault);
