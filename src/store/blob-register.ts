import type { Connection, mongo } from "mongoose";
import type { KeeperName, Upload, UploadId } from "./blob-keeper.ts";
import { insertFresh } from "./bulk.ts";
import { startingWith } from "./lookups.ts";
import { SCHEMA_VERSION } from "./shapes.ts";

export type BlobKind =
  | "original"
  | "copy"
  | "thumb"
  | "signature"
  | "agreement-pdf"
  | "agreement-page"
  | "agreement-picture"
  | "letter-pdf"
  | "letter-page";

/** Photographs and signatures; the agreement stays as long as its case. */
const PERSONAL_KINDS: readonly BlobKind[] = ["original", "copy", "thumb", "signature"];

/** What a check of a file has found. */
export type BlobState = "whole" | "damaged" | "missing";

/** A file that is kept whole: what is needed to read it and to check it. */
export interface Entry extends Upload {
  sha256: string;
  kind: BlobKind;
  keeper: KeeperName;
  /** what the last check found */
  state: BlobState;
  checkedAt: Date | null;
}

/**
 * `blobs.files` of GridFS. Until the bytes are safe it has no name, so that nobody finds half a file, and
 * says since when.
 */
interface FileDocument {
  _id: UploadId;
  metadata: { accidentId: string; kind?: BlobKind; bytes?: number };
  filename?: string;
  length?: number;
  chunkSize?: number;
  uploadDate?: Date;
  /** absent: in GridFS */
  keeper?: KeeperName;
  pendingSince?: Date;
  /** a sweep has begun to take its bytes away */
  sweptAt?: Date;
  checkedAt?: Date;
  /** when it is to be checked next; absent in what is older than the check: that comes first */
  scrubAt?: Date;
  damage?: Exclude<BlobState, "whole">;
  /** the schema version in whose form its bytes are sealed; absent before version 1 */
  schema?: number;
}

export interface Finished extends Upload {
  sha256: string;
  kind: BlobKind;
  /** of the plain bytes, and of the sealed ones */
  bytes: number;
  length: number;
}

export type Register = Awaited<ReturnType<typeof createRegister>>;

/**
 * What is kept, where, and when it was looked at last: one register for all keepers, so that changing the
 * keeper loses nothing.
 */
export async function createRegister(connection: Connection, { chunkSize, now }: { chunkSize: number; now(): Date }) {
  const files = connection.collection<FileDocument>("blobs.files");
  await files.createIndex({ filename: 1, uploadDate: 1 });
  await files.createIndex({ scrubAt: 1 });
  await files.createIndex({ pendingSince: 1 }, { sparse: true });
  await files.createIndex({ damage: 1 }, { sparse: true });
  await files.createIndex({ keeper: 1 }, { sparse: true });
  return { ...entriesIn(files), ...uploadsIn(files, { chunkSize, now }), ...checksIn(files, now) };
}

type Files = mongo.Collection<FileDocument>;

const entriesIn = (files: Files) => ({
  /** all of these names, the whole ones first, the latest of them first */
  async find(accidentId: string, sha256s: readonly string[]): Promise<Entry[]> {
    const names = sha256s.map((sha256) => nameOf(accidentId, sha256));
    const found = await files.find({ filename: { $in: names }, ...ofAccident(accidentId) }).toArray();
    return found.sort(wholeAndLatestFirst).map(entryOf);
  },
  async list(accidentId: string): Promise<Entry[]> {
    return (await files.find({ filename: startingWith(`${accidentId}/`), ...ofAccident(accidentId) }).toArray()).map(
      entryOf,
    );
  },
  /** Photographs and signatures of an accident that were stored before, or stored again. */
  async listPersonal(accidentId: string, before: Date): Promise<Entry[]> {
    const named = { filename: startingWith(`${accidentId}/`), ...ofAccident(accidentId), uploadDate: { $lt: before } };
    const found = await files.find({ ...named, "metadata.kind": { $in: [...PERSONAL_KINDS] } }).toArray();
    return found.map(entryOf);
  },
  /** For a migration: those of the accident whose bytes are sealed in an older form. */
  async listOlder(accidentId: string): Promise<Entry[]> {
    const older = { filename: startingWith(`${accidentId}/`), ...ofAccident(accidentId), schema: { $exists: false } };
    return (await files.find(older).toArray()).map(entryOf);
  },
  async listAfter(after: UploadId | null, limit: number): Promise<Entry[]> {
    const later = { filename: { $exists: true }, ...(after && { _id: { $gt: after } }) };
    return (await files.find(later, { sort: { _id: 1 }, limit }).toArray()).map(entryOf);
  },
  /** is anything kept there? */
  async usesBucket(): Promise<boolean> {
    return (await files.findOne({ keeper: "s3" }, { projection: { _id: 1 } })) !== null;
  },
});

const uploadsIn = (files: Files, { chunkSize, now }: { chunkSize: number; now(): Date }) => ({
  /** Before the first byte is written: whatever happens then, a sweep finds it. */
  async begin(uploads: readonly Upload[], keeper: KeeperName, scrubAt: Date): Promise<void> {
    const pendingSince = now();
    const documents = uploads.map(({ id, accidentId }) => ({
      _id: id,
      metadata: { accidentId },
      ...(keeper !== "gridfs" && { keeper }),
      pendingSince,
      scrubAt,
    }));
    await insertFresh(files.insertMany(documents, { ordered: false }));
  },
  /**
   * Gives them their names: from here on they are there. false: a sweep was quicker, because the process
   * had stood still for its time.
   */
  async finish(uploads: readonly Finished[]): Promise<boolean> {
    const at = now();
    const { matchedCount } = await files.bulkWrite(uploads.map((upload) => naming(upload, chunkSize, at)));
    return matchedCount === uploads.length;
  },
  /** Dates files of one accident anew that are wanted once more, so that `giveUp` leaves them. */
  async renew(entries: readonly Entry[]): Promise<void> {
    if (entries.length === 0) return;
    const ids = entries.map(({ id }) => id);
    const [{ accidentId }] = entries as [Entry];
    await files.updateMany({ _id: { $in: ids }, ...ofAccident(accidentId) }, { $set: { uploadDate: now() } });
  },
  /** Takes the names from files that were not stored again since `before`; a sweep removes them. */
  async giveUp(entries: readonly Upload[], before: Date): Promise<void> {
    for (const { id: _id, accidentId } of entries) {
      const old = { _id, ...ofAccident(accidentId), uploadDate: { $lt: before } };
      await files.updateOne(old, { $set: { pendingSince: before }, $unset: { filename: 1, damage: 1 } });
    }
  },
  async forget(uploads: readonly Upload[]): Promise<void> {
    const accidentIds = [...new Set(uploads.map(({ accidentId }) => accidentId))];
    const ids = uploads.map(({ id }) => id);
    await files.deleteMany({ _id: { $in: ids }, "metadata.accidentId": { $in: accidentIds } });
  },
  /** Uploads that were begun before and never finished; they can no longer be. */
  async claimAbandoned(before: Date, limit: number): Promise<(Upload & { keeper: KeeperName })[]> {
    const abandoned = { pendingSince: { $lt: before } };
    const found = await files.find(abandoned, { projection: { _id: 1 }, limit }).toArray();
    const ids = found.map(({ _id }) => _id);
    await files.updateMany({ ...abandoned, _id: { $in: ids } }, { $set: { sweptAt: now() } });
    const claimed = await files.find({ ...abandoned, _id: { $in: ids } }).toArray();
    return claimed.map(({ _id, metadata, keeper }) => ({ ...uploadOf(_id, metadata), keeper: keeper ?? "gridfs" }));
  },
});

const checksIn = (files: Files, now: () => Date) => ({
  /**
   * The one that waits longest for its check, put off until `leasedTo`; null: none is due, or another
   * process has taken it.
   */
  async claimUnchecked(leasedTo: Date): Promise<Entry | null> {
    const whole = { pendingSince: { $exists: false } };
    const [oldest] = await files.find(whole, { sort: { scrubAt: 1 }, limit: 1 }).toArray();
    if (!oldest || (oldest.scrubAt && oldest.scrubAt > now())) return null;
    const { accidentId } = oldest.metadata;
    const same = { _id: oldest._id, ...ofAccident(accidentId), scrubAt: oldest.scrubAt ?? { $exists: false } };
    const { matchedCount } = await files.updateOne(same as object, { $set: { scrubAt: leasedTo } });
    return matchedCount === 1 ? entryOf(oldest) : null;
  },
  async noteChecked({ id: _id, accidentId }: Upload, state: BlobState, scrubAt: Date): Promise<void> {
    const set = { checkedAt: now(), scrubAt };
    const one = { _id, ...ofAccident(accidentId) };
    if (state === "whole") await files.updateOne(one, { $set: set, $unset: { damage: 1 } });
    else await files.updateOne(one, { $set: { ...set, damage: state } });
  },
  countDamaged: (): Promise<number> => files.countDocuments({ damage: { $exists: true } }),
});

/** Every filter on an accident's files carries it, so that they can be spread over machines by it. */
const ofAccident = (accidentId: string) => ({ "metadata.accidentId": accidentId });

const nameOf = (accidentId: string, sha256: string) => `${accidentId}/${sha256}`;

const uploadOf = (id: UploadId, { accidentId }: { accidentId: string }): Upload => ({ id, accidentId });

function naming({ id, accidentId, sha256, kind, bytes, length }: Finished, chunkSize: number, at: Date) {
  const set = {
    filename: nameOf(accidentId, sha256),
    metadata: { accidentId, kind, bytes },
    length,
    chunkSize,
    uploadDate: at,
    checkedAt: at,
    schema: SCHEMA_VERSION,
  };
  return {
    updateOne: {
      filter: { _id: id, ...ofAccident(accidentId), sweptAt: { $exists: false } },
      update: { $set: set, $unset: { pendingSince: 1 } },
    },
  } as mongo.AnyBulkWriteOperation<FileDocument>;
}

function entryOf({ _id, filename = "", metadata, keeper, damage, checkedAt }: FileDocument): Entry {
  return {
    ...uploadOf(_id, metadata),
    sha256: filename.slice(filename.lastIndexOf("/") + 1),
    kind: metadata.kind ?? "original",
    keeper: keeper ?? "gridfs",
    state: damage ?? "whole",
    checkedAt: checkedAt ?? null,
  };
}

function wholeAndLatestFirst(one: FileDocument, other: FileDocument): number {
  const damaged = Number(one.damage !== undefined) - Number(other.damage !== undefined);
  return damaged || Number(other.uploadDate ?? 0) - Number(one.uploadDate ?? 0);
}
