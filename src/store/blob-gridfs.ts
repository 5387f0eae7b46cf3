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

/** The chunks of GridFS, as its specification has them: its own tools read them. The driver's bucket would send one command for each. */
export async function createGridfs(connection: Connection): Promise<Keeper> {
  const chunks = connection.collection<Chunk>("blobs.chunks");
  await chunks.createIndex({ files_id: 1, n: 1 }, { unique: true });
  const insert = (await isAlone(connection)) ? insertPlainly : insertAgainIfNeeded;
  return {
    async save(uploads) {
      const documents = uploads.flatMap(chunksOf);
      for (let at = 0; at < documents.length; at += AT_ONCE)
        await insert(connection, documents.slice(at, at + AT_ONCE)).catch(asFault);
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

/** A server of its own, as the embedded one is: there is nobody whom a write could be sent to again. */
async function isAlone(connection: Connection): Promise<boolean> {
  const { setName, msg } = await connection.db!.command({ hello: 1 });
  return setName === undefined && msg !== "isdbgrid";
}

const insertAgainIfNeeded = (connection: Connection, documents: Chunk[]): Promise<unknown> =>
  connection.collection<Chunk>("blobs.chunks").insertMany(documents);

/** What insertMany does, but for two of the four copies that the driver makes of a photograph to be able to repeat and to split it. */
async function insertPlainly({ db }: Connection, documents: Chunk[]): Promise<void> {
  const { writeConcern } = db!;
  const answer = await db!.command({
    insert: "blobs.chunks",
    documents,
    ordered: true,
    ...(writeConcern && { writeConcern }),
  });
  const fault = answer["writeErrors"]?.[0] ?? answer["writeConcernError"];
  if (fault) throw new mongoose.mongo.MongoServerError(fault);
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
