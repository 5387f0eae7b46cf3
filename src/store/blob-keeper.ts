import mongoose from "mongoose";

export type UploadId = mongoose.mongo.ObjectId;
export const newUploadId = (): UploadId => new mongoose.mongo.ObjectId();

/** Where the sealed bytes lie: the database (GridFS) or a bucket. */
export type KeeperName = "gridfs" | "s3";

/** Every upload has an id of its own: two of the same picture at once never mix, and what a sweep takes away nobody writes again. */
export interface Upload {
  id: UploadId;
  accidentId: string;
}

/** What is kept, as it comes from the vault: in pieces of the chunks' size, or put together for who cannot take pieces. */
export interface SealedUpload extends Upload {
  pieces: readonly Buffer[];
  readonly sealed: Buffer;
}

/** A place for sealed bytes; it knows neither keys nor what they are. */
export interface Keeper {
  /** Together, in as few round trips as it takes. What a failure leaves behind is found by the register and removed. */
  save(uploads: readonly SealedUpload[]): Promise<void>;
  /** null: they are not there */
  read(upload: Upload): Promise<Buffer | null>;
  /** what is not there any more is no fault */
  remove(uploads: readonly Upload[]): Promise<void>;
}
