import { type Connection, Schema } from "mongoose";
import { hammingDistance, looksLike } from "../domain/image-hash.ts";
import type { Log } from "../log.ts";
import { bare } from "./bulk.ts";
import { startingWith } from "./lookups.ts";

/** One photograph of one case. */
export interface HashedPhoto {
  accidentId: string;
  /** the case number */
  number: string;
  photoId: string;
  imageHash: string;
}

/**
 * Perceptual hashes of photographs across cases, to detect staged accidents that reuse pictures. Erased with
 * their case.
 */
export interface PhotoHashes {
  note(photo: HashedPhoto): Promise<void>;
  /**
   * Finds the most similar photograph of another case; certain where at most 4 bits differ. One indexed
   * query.
   */
  findLike(photo: Pick<HashedPhoto, "accidentId" | "imageHash">): Promise<HashedPhoto | null>;
  /** Forgets those of an accident's photographs that are not among `photoIds`. */
  forgetOthers(accidentId: string, photoIds: readonly string[]): Promise<void>;
  /** How often a search of this process has met its limit: a similar photograph may have been missed. */
  countLimitMet(): number;
}

interface HashDocument {
  /** accident/photo; erased by the accident's prefix */
  _id: string;
  number: string;
  /** 64 bits, hex, in the clear: they confirm a picture that one has, and show nothing of its content. */
  hash: string;
  keys: number[];
}

const schema = new Schema<HashDocument>(
  { _id: String, number: String, hash: String, keys: [Number] },
  { collection: "photo_hashes", versionKey: false, autoIndex: false, autoCreate: false },
);
schema.index({ keys: 1 });

/** Limits the cost of many copies of one picture. */
export const MOST_CANDIDATES = 200;

export async function createPhotoHashes(connection: Connection, log: Pick<Log, "warn">): Promise<PhotoHashes> {
  await connection.model("PhotoHash", schema).createIndexes();
  const hashes = bare<HashDocument>(connection, "photo_hashes");
  let limitMet = 0;
  return {
    async note({ accidentId, photoId, number, imageHash }) {
      const $set = { number, hash: imageHash, keys: keysOf(imageHash) };
      await hashes.updateOne({ _id: `${accidentId}/${photoId}` }, { $set }, { upsert: true });
    },
    async forgetOthers(accidentId, photoIds) {
      const own = await hashes.find({ _id: startingWith(`${accidentId}/`) }, { projection: { _id: 1 } }).toArray();
      const kept = photoIds.map((photoId) => `${accidentId}/${photoId}`);
      const others = own.map(({ _id }) => _id).filter((_id) => !kept.includes(_id));
      if (others.length > 0) await hashes.deleteMany({ _id: { $in: others } });
    },
    async findLike({ accidentId, imageHash }) {
      const own = `${accidentId}/`;
      const candidates = await hashes
        .find({ keys: { $in: keysOf(imageHash) } }, { projection: { number: 1, hash: 1 }, limit: MOST_CANDIDATES })
        .toArray();
      if (candidates.length === MOST_CANDIDATES) {
        limitMet++;
        log.warn({ accidentId, limit: MOST_CANDIDATES }, "photos.likeness-limit-met");
      }
      const alike = candidates.filter(({ _id, hash }) => !_id.startsWith(own) && looksLike(hash, imageHash));
      const distance = ({ hash }: Pick<HashDocument, "hash">) => hammingDistance(hash, imageHash);
      // of equal ones the oldest case, by its number: the others may be copies
      const [best] = alike.sort((a, b) => distance(a) - distance(b) || (a.number < b.number ? -1 : 1));
      if (!best) return null;
      const [foundIn, photoId] = best._id.split("/") as [string, string];
      return { accidentId: foundIn, photoId, number: best.number, imageHash: best.hash };
    },
    countLimitMet: () => limitMet,
  };
}

/**
 * Bounds of six blocks of the 64 bits. Four differing bits leave two blocks equal, so that similar hashes
 * share one of 15 pairs.
 */
const CUTS = [0, 11, 22, 33, 44, 54, 64] as const;
const PAIRS = CUTS.slice(0, 6).flatMap((_, a) => CUTS.slice(a + 1, 6).map((_, b) => [a, a + 1 + b] as const));
const SPAN = 2 ** 22;

/** The 15 pairs of blocks as numbers, each marked with its pair. */
export function keysOf(hash: string): number[] {
  const bits = [...hash].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, "0")).join("");
  const blocks = CUTS.slice(0, 6).map((cut, at) => bits.slice(cut, CUTS[at + 1]));
  return PAIRS.map(([a, b], at) => at * SPAN + Number.parseInt(`${blocks[a]}${blocks[b]}`, 2));
}
