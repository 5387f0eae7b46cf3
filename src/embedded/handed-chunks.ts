import { Bytes, type Doc, docOf, int, Opaque, TYPE } from "./values/value.ts";

/** One chunk of a file of GridFS; the ids are ObjectIds in hexadecimal. */
export interface Chunk {
  id: string;
  filesId: string;
  n: number;
  data: Uint8Array;
}

/** Chunks that come from the process itself. */
export interface HandedChunks {
  database: string;
  collection: string;
  chunks: readonly Chunk[];
}

/** The command that a driver would have sent. */
export function insertOf({ database, collection, chunks }: HandedChunks): Doc {
  return docOf({ insert: collection, documents: chunks.map(documentOf), $db: database });
}

function documentOf({ id, filesId, n, data }: Chunk): Doc {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return docOf({ _id: objectId(id), files_id: objectId(filesId), n: int(n), data: new Bytes(bytes) });
}

const objectId = (hex: string) => new Opaque(TYPE.objectId, Buffer.from(hex, "hex"));

/** What of them changes hands instead of being copied: all but small pieces, which lie in memory that they share with others. */
export function handedOver({ chunks }: HandedChunks): ArrayBuffer[] {
  const large = chunks.filter(({ data }) => data.byteLength > Buffer.poolSize);
  return [...new Set(large.map(({ data }) => data.buffer as ArrayBuffer))];
}
