import mongoose from "mongoose";

export type UploadId = mongoose.mongo.ObjectId;
export const newUploadId = (): UploadId => new mongoose.mongo.ObjectId();

/** Where the sealed bytes lie: the database (GridFS) or a bucket. */
export type KeeperName = "gridfs" | "s3";

/**
 * One upload. Its id is fresh, so that two uploads of one picture never mix, and a swept one is never written
 * again.
 */
export interface Upload {
  id: UploadId;
  accidentId: string;
}

/** Sealed bytes: in pieces of the chunk size, or as one buffer for a keeper that cannot take pieces. */
export interface SealedUpload extends Upload {
  pieces: readonly Buffer[];
  readonly sealed: Buffer;
}

/** Stores sealed bytes; knows neither their keys nor their content. */
export interface Keeper {
  /** Stores all, in as few round trips as possible. What a failure leaves behind is swept by the register. */
  save(uploads: readonly SealedUpload[]): Promise<void>;
  /** Returns null where there are no bytes. */
  read(upload: Upload): Promise<Buffer | null>;
  /** Missing bytes are no error. */
  remove(uploads: readonly Upload[]): Promise<void>;
  /** Whether no bytes at all lie there, whoever has put them. */
  isEmpty(): Promise<boolean>;
}
