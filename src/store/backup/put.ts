import { type Connection, mongo } from "mongoose";
import { StartFault } from "../../errors.ts";
import { CHUNK_BYTES } from "../blob-gridfs.ts";
import type { Keeper, KeeperName, UploadId } from "../blob-keeper.ts";
import { bare, insertFresh } from "../bulk.ts";
import { isUnfinished, noteRestoring } from "../restoring.ts";
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

/** Of the target's own: which cases and people it has erased. */
const MAY_BE_THERE: readonly string[] = ["erased"];

/**
 * Makes the database ready to take a backup and closed to every process until `endRestoring`. Throws a
 * StartFault where it holds anything else than an unfinished restore of the same backup, which then goes
 * on.
 */
export async function beginRestoring({ connection }: Target, head: Head): Promise<void> {
  const mark = head.at.toISOString();
  if (await isUnfinished(connection, mark)) return;
  for (const name of [...KEPT, ...LEFT_OUT])
    if (!MAY_BE_THERE.includes(name) && (await bare(connection, name).findOne({})))
      throw new StartFault(`The database is not empty (${name}): restore into an empty one.`);
  await noteRestoring(connection, mark);
}

const BATCH_BYTES = 4 * 1024 * 1024;
const BATCH = 200;

type Row = mongo.BSON.Document;

/** Writes a backup into the database. Safe to repeat. Call `end` after the last document. */
export function createPutter(target: Target, tell: () => void): Visitor & { end(): Promise<void> } {
  const { connection } = target;
  let batch: { name: string; rows: Row[]; bytes: number } = { name: "", rows: [], bytes: 0 };
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
      await putFile(target, rowOf(content), bytes);
      tell();
    },
    end: flush,
  };
}

/** Notes in which version's shape the data is, so that it is brought up to date before it is used. */
export async function noteSchema(connection: Connection, { schema: version, oldest }: Head): Promise<void> {
  if (!(await schemaOf(connection).findOne({ _id: "schema" })))
    await schemaOf(connection).insertOne({ _id: "schema", version, oldest });
}

/** Every number stays of the type that it was. */
const LOSSLESS = { promoteValues: false, promoteBuffers: false, bsonRegExp: true } as const;

function rowOf(content: Buffer): Row {
  const row = mongo.BSON.deserialize(content, LOSSLESS);
  if (!content.equals(mongo.BSON.serialize(row)))
    throw new StartFault(`The backup has a document that cannot be written as it was: ${String(row._id)}.`);
  return row;
}

async function putFile({ connection, keeper, keepers }: Target, row: Row, bytes: Buffer | null): Promise<void> {
  const { keeper: _, ...entry } = row;
  const upload = { id: row._id as UploadId, accidentId: String(row.metadata?.accidentId) };
  if (bytes) await keepers[keeper].save([{ ...upload, sealed: bytes, pieces: piecesOf(bytes) }]);
  const kept = keeper === "gridfs" ? entry : { ...entry, keeper };
  await insertFresh(bare(connection, FILES).insertMany([kept], { ordered: false }));
}

const piecesOf = (bytes: Buffer): Buffer[] =>
  Array.from({ length: Math.ceil(bytes.length / CHUNK_BYTES) }, (_, n) =>
    bytes.subarray(n * CHUNK_BYTES, (n + 1) * CHUNK_BYTES),
  );
