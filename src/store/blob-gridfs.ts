import mongoose, { type Connection } from "mongoose";
import { Busy } from "../errors.ts";
import type { Keeper, SealedUpload } from "./blob-keeper.ts";

/** Few round trips and documents; each stays far below the 16 MB that a document may hold. */
export const CHUNK_BYTES = 1024 * 1024 - 1024;

interface Chunk {
  _id: mongoose.mongo.ObjectId;
  files_id: mongoose.mongo.ObjectId;
  n: number;
  data: mongoose.mongo.Binary;
}

/** A shorter way for the bytes where the database is in this process: they are handed over, not copied, and gone for who gave them. */
export interface ChunkDoor {
  insertChunks(into: {
    database: string;
    collection: string;
    chunks: readonly { id: string; filesId: string; n: number; data: Uint8Array }[];
  }): Promise<void>;
}

const CHUNKS = "blobs.chunks";

/** The chunks of GridFS, as its specification has them: its own tools read them. The driver's bucket would send one command for each. */
export async function createGridfs(connection: Connection, door?: ChunkDoor): Promise<Keeper> {
  const chunks = connection.collection<Chunk>(CHUNKS);
  await chunks.createIndex({ files_id: 1, n: 1 }, { unique: true });
  const send = async (documents: Chunk[]): Promise<void> => {
    for (let at = 0; at < documents.length; at += AT_ONCE) await chunks.insertMany(documents.slice(at, at + AT_ONCE));
  };
  const insert = door ? handing(door, connection.db!.databaseName) : send;
  return {
    save: (uploads) => insert(uploads.flatMap(chunksOf)).catch(asFault),
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

/** One command is one document, of up to 16 MB. */
const AT_ONCE = 12;

function chunksOf({ id, pieces }: SealedUpload): Chunk[] {
  return pieces.map((piece, n) => ({
    _id: new mongoose.mongo.ObjectId(),
    files_id: id,
    n,
    data: new mongoose.mongo.Binary(piece),
  }));
}

const handing =
  (door: ChunkDoor, database: string) =>
  (documents: Chunk[]): Promise<void> =>
    door.insertChunks({
      database,
      collection: CHUNKS,
      chunks: documents.map(({ _id, files_id, n, data }) => ({
        id: _id.toHexString(),
        filesId: files_id.toHexString(),
        n,
        data: data.buffer,
      })),
    });

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
