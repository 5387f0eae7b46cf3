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
  const bucket = new mongoose.mongo.GridFSBucket(connection.db as never, { bucketName: "blobs" });
  const nameOf = (owner: Owner, sha256: string) => `${owner.id}/${sha256}`;
  return {
    async save(owner, bytes, kind) {
      const sha256 = sha256Of(bytes);
      const filename = nameOf(owner, sha256);
      const [known] = await bucket.find({ filename }, { limit: 1 }).toArray();
      if (known) return sha256;
      const metadata = { accidentId: owner.id, kind, bytes: bytes.length };
      await upload(bucket, { filename, metadata, sealed: vault.seal(owner.key, `blob/${sha256}`, bytes) });
      return sha256;
    },
    async read(owner, sha256) {
      const stream = bucket.openDownloadStreamByName(nameOf(owner, sha256));
      const sealed = Buffer.concat((await stream.toArray().catch(asNotFound)) as Buffer[]);
      const bytes = vault.open(owner.key, `blob/${sha256}`, sealed);
      if (sha256Of(bytes) !== sha256) throw new Error(`blob ${sha256} does not match its name`);
      return bytes;
    },
  };
}

export const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

interface Upload {
  filename: string;
  metadata: object;
  sealed: Buffer;
}

/**
 * The chunks come first, the file's document last: a crash in between leaves nothing that can be found. Every upload has an id of its own: two of
 * the same picture at once (a double tap) must never mix their chunks, which are sealed differently; both are then there, and either is whole.
 */
async function upload(bucket: mongoose.mongo.GridFSBucket, { filename, metadata, sealed }: Upload): Promise<void> {
  const stream = bucket.openUploadStream(filename, { metadata: metadata as never });
  await new Promise<void>((resolve, reject) => {
    stream.once("finish", resolve).once("error", reject).end(sealed);
  });
}

function asNotFound(error: Error): never {
  if (error.message.includes("FileNotFound") || (error as { code?: string }).code === "ENOENT") throw new NotFound();
  throw error;
}
