import { type Connection, mongo } from "mongoose";
import { StartFault, Upstream } from "../../errors.ts";
import { CHUNK_BYTES } from "../blob-gridfs.ts";
import type { Keeper, KeeperName, SealedUpload, UploadId } from "../blob-keeper.ts";
import { bare, insertFresh } from "../bulk.ts";
import { findRestoring, noteRestoring, noteStep } from "../restoring.ts";
import { schemaOf } from "../schema-state.ts";
import { FILES, KEPT, LEFT_OUT } from "./collections.ts";
import type { Head } from "./manifest.ts";
import type { Visitor } from "./walk.ts";

/** Where a backup is put: an empty database, and the keeper that the settings name for new files. */
export interface Target {
  connection: Connection;
  keeper: KeeperName;
  keepers: Record<KeeperName, Keeper>;
}

/**
 * Collections that an empty target may have: its list of erasures, which stays, and what a migration writes
 * into a new database (`keys`, `schema`), which is replaced by the backup's.
 */
const MAY_BE_THERE: readonly string[] = ["erased", "keys", "schema"];

/**
 * Makes the database ready to take a backup and closed to every process until `endRestoring`. Returns false
 * where an earlier run has written all of this backup already, and may have erased of it since. Throws a
 * StartFault where database or bucket hold anything else than an unfinished restore of the same backup,
 * which then goes on.
 */
export async function beginRestoring(target: Target, head: Head): Promise<boolean> {
  const { connection } = target;
  const mark = head.at.toISOString();
  const known = await findRestoring(connection);
  if (known && known.mark !== mark)
    throw new StartFault(
      `The restore of another backup (${known.mark}) has not come to its end in this database: ` +
        "run it again, or name an empty database.",
    );
  if (!known) {
    await refuseFull(target);
    await noteRestoring(connection, mark);
  }
  if (!known || known.step === "clearing") {
    await bare(connection, "keys").deleteMany({});
    await schemaOf(connection).deleteOne({ _id: "schema" });
    await noteStep(connection, "putting");
  }
  return known?.step !== "written";
}

/**
 * A bucket that holds files may be that of a living system: the migration, the sweep and the erasures of
 * the restored database would remove them there.
 */
async function refuseFull({ connection, keeper, keepers }: Target): Promise<void> {
  for (const name of [...KEPT, ...LEFT_OUT])
    if (!MAY_BE_THERE.includes(name) && (await bare(connection, name).findOne({})))
      throw new StartFault(`The database is not empty (${name}): restore into an empty one.`);
  if (!(await keepers[keeper].isEmpty().catch(sayListing)))
    throw new StartFault(
      "The bucket holds files already, maybe those of a living system: name another one (S3_BUCKET), or a new S3_PREFIX.",
    );
}

function sayListing(error: unknown): never {
  if (error instanceof Upstream && error.code === "bucket-refused")
    throw new StartFault(
      "The bucket does not let its files be listed: allow that (s3:ListBucket) for the restore.",
      error,
    );
  throw error;
}

const BATCH_BYTES = 4 * 1024 * 1024;
const BATCH = 200;
const FILES_AT_ONCE = 48;

type Row = mongo.BSON.Document;

/** Writes a backup into the database. Safe to repeat. Call `end` after the last document. */
export function createPutter(target: Target, tell: () => void): Visitor & { end(): Promise<void> } {
  const { connection } = target;
  let batch: { name: string; rows: Row[]; bytes: number } = { name: "", rows: [], bytes: 0 };
  let files = noFiles();
  const flushFiles = async () => {
    const { rows, uploads } = files;
    files = noFiles();
    await putFiles(target, rows, uploads);
  };
  const flush = async () => {
    const { name, rows } = batch;
    batch = { name: "", rows: [], bytes: 0 };
    if (rows.length === 0) return;
    await insertFresh(bare(connection, name).insertMany(rows, { ordered: false }));
    // what was done meanwhile stands in both
    if (name === "deliveries_done")
      await bare(connection, "deliveries").deleteMany({ _id: { $in: rows.map(({ _id }) => _id) } });
  };
  return {
    async document(name, content) {
      if (batch.name !== name || batch.rows.length >= BATCH || batch.bytes > BATCH_BYTES) await flush();
      batch.name = name;
      batch.rows.push(rowOf(content));
      batch.bytes += content.length;
      tell();
    },
    async file(content, bytes) {
      if (files.rows.length >= FILES_AT_ONCE || files.bytes > BATCH_BYTES) await flushFiles();
      const row = rowOf(content);
      files.rows.push(row);
      if (bytes) files.uploads.push(uploadOf(row, bytes));
      files.bytes += bytes?.length ?? 0;
      tell();
    },
    async end() {
      await flush();
      await flushFiles();
    },
  };
}

/**
 * Notes that all is written, and in which version's shape, so that it is brought up to date before it is
 * used.
 */
export async function noteWritten(connection: Connection, { schema: version, oldest }: Head): Promise<void> {
  if (!(await schemaOf(connection).findOne({ _id: "schema" })))
    await schemaOf(connection).insertOne({ _id: "schema", version, oldest });
  await noteStep(connection, "written");
}

/** Every number stays of the type that it was. */
const LOSSLESS = { promoteValues: false, promoteBuffers: false, bsonRegExp: true } as const;

function rowOf(content: Buffer): Row {
  const row = mongo.BSON.deserialize(content, LOSSLESS);
  if (!content.equals(mongo.BSON.serialize(row)))
    throw new StartFault(`The backup has a document that cannot be written as it was: ${String(row._id)}.`);
  return row;
}

const noFiles = () => ({ rows: [] as Row[], uploads: [] as SealedUpload[], bytes: 0 });

const uploadOf = (row: Row, sealed: Buffer): SealedUpload => ({
  id: row._id as UploadId,
  accidentId: String(row.metadata?.accidentId),
  sealed,
  pieces: piecesOf(sealed),
});

/** The bytes first: an entry that is there has its bytes. */
async function putFiles({ connection, keeper, keepers }: Target, rows: Row[], uploads: SealedUpload[]): Promise<void> {
  if (uploads.length > 0) await keepers[keeper].save(uploads);
  const kept = rows.map(({ keeper: _, ...entry }) => (keeper === "gridfs" ? entry : { ...entry, keeper }));
  if (kept.length > 0) await insertFresh(bare(connection, FILES).insertMany(kept, { ordered: false }));
}

const piecesOf = (bytes: Buffer): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / CHUNK_BYTES) }, (_, n) =>
    bytes.subarray(n * CHUNK_BYTES, (n + 1) * CHUNK_BYTES),
  );
