import { createHash } from "node:crypto";
import mongoose, { type Connection } from "mongoose";
import type { Accident } from "../domain/accident.ts";
import { NotFound } from "../errors.ts";
import type { Vault } from "./vault.ts";

export type BlobKind =
  | "original"
  | "copy"
  | "thumb"
  | "signature"
  | "agreement-pdf"
  | "agreement-page"
  | "agreement-picture";

type Owner = Pick<Accident, "id" | "key">;

/** Photographs, signatures and documents: GridFS, under the SHA-256 of the bytes as received, sealed under the accident's key. */
export interface Blobs {
  /** Idempotent: the same bytes of the same accident are kept once. Returns the SHA-256 (hex) of the plain bytes. */
  save(owner: Owner, bytes: Buffer, kind: BlobKind): Promise<string>;
  /** The bytes, to the last bit as they were given; NotFound when they are not there or are not of this accident. */
  read(owner: Owner, sha256: string): Promise<Buffer>;
}

export function createBlobs(connection: Connection, vault: Vault): Blobs {
  const bucket = () => new mongoose.mongo.GridFSBucket(connection.db as never, { bucketName: "blobs" });
  const idOf = (owner: Owner, sha256: string) => `${owner.id}/${sha256}`;
  return {
    async save(owner, bytes, kind) {
      const sha256 = sha256Of(bytes);
      const sealed = vault.seal(owner.key, `blob/${sha256}`, bytes);
      const metadata = { accidentId: owner.id, kind, bytes: bytes.length };
      await upload(bucket(), { id: idOf(owner, sha256), filename: sha256, metadata, sealed });
      return sha256;
    },
    async read(owner, sha256) {
      const stream = bucket().openDownloadStream(idOf(owner, sha256) as never);
      const sealed = Buffer.concat((await stream.toArray().catch(asNotFound)) as Buffer[]);
      const bytes = vault.open(owner.key, `blob/${sha256}`, sealed);
      if (sha256Of(bytes) !== sha256) throw new Error(`blob ${sha256} does not match its name`);
      return bytes;
    },
  };
}

export const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

interface Upload {
  id: string;
  filename: string;
  metadata: object;
  sealed: Buffer;
}

/** The chunks come first, the file's document last: a crash in between leaves nothing that can be found, and the same upload goes through again. */
async function upload(bucket: mongoose.mongo.GridFSBucket, { id, filename, metadata, sealed }: Upload): Promise<void> {
  if ((await bucket.find({ _id: id as never }).toArray()).length > 0) return;
  for (let attempt = 0; ; attempt++) {
    const stream = bucket.openUploadStreamWithId(id as never, filename, { metadata: metadata as never });
    const done = new Promise<void>((resolve, reject) => stream.once("finish", resolve).once("error", reject));
    stream.end(sealed);
    try {
      return await done;
    } catch (error) {
      if ((error as { code?: number }).code !== 11000) throw error;
      if ((await bucket.find({ _id: id as never }).toArray()).length > 0) return;
      if (attempt > 0) throw error;
      await bucket.delete(id as never).catch(() => undefined);
    }
  }
}

function asNotFound(error: Error): never {
  if (error.message.includes("FileNotFound") || (error as { code?: string }).code === "ENOENT") throw new NotFound();
  throw error;
}
