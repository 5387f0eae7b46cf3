import type { Connection } from "mongoose";
import { Schema } from "mongoose";
import type { Accident } from "../domain/accident.ts";
import { bare } from "./bulk.ts";
import { isDuplicate } from "./duplicate.ts";
import { bytesOf } from "./sealing.ts";
import { placeIn } from "./shapes.ts";
import { openedOrNull, type Vault } from "./vault.ts";

/** A picture being uploaded: case, person, and the SHA-256 (hex) that the phone announced. */
export interface Upload {
  accident: Pick<Accident, "id" | "key">;
  personId: string;
  sha256: string;
}

/** Keeps the pieces of unfinished uploads for an hour, sealed under the accident's key. */
export interface Uploads {
  /** Stores a piece; one that comes again replaces the earlier one of its number. */
  save(upload: Upload, number: number, bytes: Buffer): Promise<void>;
  has(upload: Upload, number: number): Promise<boolean>;
  /** The numbers of its stored pieces, ascending; and how many this person keeps in this case altogether. */
  kept(upload: Upload): Promise<{ numbers: number[]; all: number }>;
  /** Joins the first `pieces` pieces (at most `bytes` bytes); null when one is missing or does not open. */
  read(upload: Upload, size: { bytes: number; pieces: number }): Promise<Buffer | null>;
  /** The number of pieces of everybody, expired ones of the last minutes included; costs no look at them. */
  countAll(): Promise<number>;
  remove(upload: Upload): Promise<void>;
  /** Removes expired pieces. Returns how many. */
  removeExpired(): Promise<number>;
}

/**
 * A phone may resume after so long without a network. Readers check the time and do not rely on the purge of
 * the TTL index.
 */
export const UPLOAD_KEPT_MS = 59 * 60_000;

interface PieceDocument {
  _id: string;
  sealed: Buffer;
  expiresAt: Date;
}

const schema = new Schema<PieceDocument>(
  { _id: String, expiresAt: Date },
  { collection: "uploads", versionKey: false, strict: false, autoIndex: false, autoCreate: false },
);
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

/** Pieces have a quarter of a megabyte; few at once, so that a picture is not in memory twice. */
const READ_AT_ONCE = 4;

export async function createUploads(connection: Connection, vault: Vault, now: () => Date): Promise<Uploads> {
  await connection.model("UploadPiece", schema).createIndexes();
  const collection = bare<PieceDocument>(connection, "uploads");
  const living = () => ({ expiresAt: { $gt: now() } });
  return {
    async save(upload, number, bytes) {
      const _id = idOf(upload, number);
      const sealed = vault.seal(upload.accident.key, placeIn("uploads", _id, "piece"), bytes);
      const $set = { sealed, expiresAt: new Date(now().getTime() + UPLOAD_KEPT_MS) };
      try {
        await collection.updateOne({ _id }, { $set }, { upsert: true });
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        // The same piece came twice at once, and the other write was first.
        await collection.updateOne({ _id }, { $set });
      }
    },
    async has(upload, number) {
      const piece = { _id: idOf(upload, number), ...living() };
      return (await collection.findOne(piece, { projection: { _id: 1 } })) !== null;
    },
    async kept(upload) {
      const options = { projection: { _id: 1 as const }, sort: { _id: 1 as const } };
      const found = await collection.find({ ...startingWith(personOf(upload)), ...living() }, options).toArray();
      const own = found.filter(({ _id }) => _id.startsWith(prefixOf(upload)));
      return { numbers: own.map(({ _id }) => numberOf(_id)), all: found.length };
    },
    async read(upload, { bytes, pieces }) {
      const whole = Buffer.allocUnsafe(bytes);
      let [read, next] = [0, 0];
      const options = { sort: { _id: 1 as const }, limit: pieces, batchSize: READ_AT_ONCE };
      for await (const { _id, sealed } of collection.find({ ...allOf(upload), ...living() }, options)) {
        if (numberOf(_id) !== next++) return null;
        // The phone sends a piece again that does not open.
        const piece = openedOrNull(() =>
          vault.open(upload.accident.key, placeIn("uploads", _id, "piece"), bytesOf(sealed)),
        );
        if (!piece) return null;
        read += piece.copy(whole, read);
      }
      return next === pieces ? whole.subarray(0, read) : null;
    },
    countAll: () => collection.estimatedDocumentCount(),
    async remove(upload) {
      await collection.deleteMany(allOf(upload));
    },
    async removeExpired() {
      return (await collection.deleteMany({ expiresAt: { $lte: now() } })).deletedCount;
    },
  };
}

const personOf = ({ accident, personId }: Upload): string => `${accident.id}/${personId}/`;
const prefixOf = (upload: Upload): string => `${personOf(upload)}${upload.sha256}/`;
/** Four digits, so that the ids sort as the numbers do. */
const idOf = (upload: Upload, number: number): string => prefixOf(upload) + String(number).padStart(4, "0");
const numberOf = (id: string): number => Number(id.slice(-4));
const startingWith = (prefix: string) => ({ _id: { $gte: prefix, $lt: `${prefix}~` } });
const allOf = (upload: Upload) => startingWith(prefixOf(upload));
