import mongoose, { type Connection } from "mongoose";
import type { Keeper, SealedUpload } from "./blob-keeper.ts";
import { insertFresh } from "./bulk.ts";

/** Large, for few round trips and documents, and far below the 16 MB limit of a document. */
export const CHUNK_BYTES = 1024 * 1024 - 1024;

interface Chunk {
  _id: mongoose.mongo.ObjectId;
  files_id: mongoose.mongo.ObjectId;
  n: number;
  data: mongoose.mongo.Binary;
}

/**
 * The chunks of GridFS, as its specification has them: its own tools read them. The driver's bucket would
 * send one command for each.
 */
export async function createGridfs(connection: Connection): Promise<Keeper> {
  const chunks = connection.collection<Chunk>("blobs.chunks");
  await chunks.createIndex({ files_id: 1, n: 1 }, { unique: true });
  const send = async (documents: Chunk[]): Promise<void> => {
    for (let at = 0; at < documents.length; at += AT_ONCE)
      await insertFresh(chunks.insertMany(documents.slice(at, at + AT_ONCE), { ordered: false }));
  };
  return {
    save: (uploads) => send(uploads.flatMap(chunksOf)),
    async read({ id }) {
      const found = await chunks.find({ files_id: id }, { sort: { n: 1 } }).toArray();
      if (found.length === 0) return null;
      return Buffer.concat(found.map(({ data }) => data.buffer));
    },
    async remove(uploads) {
      await chunks.deleteMany({ files_id: { $in: uploads.map(({ id }) => id) } });
    },
    isEmpty: async () => (await chunks.findOne({}, { projection: { _id: 1 } })) === null,
  };
}

/** A command is one document itself, of up to 16 MB. */
const AT_ONCE = 12;

function chunksOf({ id, pieces }: SealedUpload): Chunk[] {
  return pieces.map((piece, n) => ({
    _id: new mongoose.mongo.ObjectId(),
    files_id: id,
    n,
    data: new mongoose.mongo.Binary(piece),
  }));
}
