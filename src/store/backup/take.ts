import { type Connection, mongo } from "mongoose";
import type { Keeper, KeeperName, UploadId } from "../blob-keeper.ts";
import { bare } from "../bulk.ts";
import { grouped } from "../grouped.ts";
import { readSchema } from "../schema-state.ts";
import { FILES, KEPT } from "./collections.ts";
import { BYTES, COLLECTION, DOCUMENT, END, encode, type Frame, HEAD } from "./frames.ts";
import { createTally, type Head, type Manifest } from "./manifest.ts";

/** What a backup is made from. */
export interface Source {
  connection: Connection;
  keepers: Record<KeeperName, Keeper>;
}

const PAGE = 50;

/** About how many documents a backup will have. */
export async function countAll({ connection }: Pick<Source, "connection">): Promise<number> {
  let sum = 0;
  for (const name of KEPT) sum += await bare(connection, name).estimatedDocumentCount();
  return sum;
}

/**
 * Copies the database through its driver while it is in use, collection by collection, and yields the
 * backup's bytes. Holds one page of documents, or four files, at a time. `tell` hears of each document.
 */
export async function* takeBackup(source: Source, at: Date, tell: () => void): AsyncGenerator<Buffer, Manifest> {
  const head: Head = { format: "kuaichu backup 1", at, ...(await readState(source.connection)) };
  yield encode(json(HEAD, head));
  const manifest: Manifest = { collections: [], files: { count: 0, bytes: 0, faulty: [] } };
  for (const name of KEPT) {
    yield encode({ type: COLLECTION, content: Buffer.from(name) });
    const tally = createTally(name);
    const frames = name === FILES ? filesOf(source, manifest.files) : documentsOf(source.connection, name);
    for await (const frame of frames) {
      tally.add(frame, frame.type === DOCUMENT);
      if (frame.type === DOCUMENT) tell();
      yield encode(frame);
    }
    manifest.collections.push(tally.close());
  }
  yield encode(json(END, manifest));
  return manifest;
}

const json = (type: number, value: object): Frame => ({ type, content: Buffer.from(JSON.stringify(value)) });

async function readState(connection: Connection): Promise<Omit<Head, "format" | "at">> {
  const { version: schema, oldest } = await readSchema(connection);
  const key = await bare<{ _id: string; check: string }>(connection, "keys").findOne({ _id: "data-key" });
  return { schema, oldest, keyCheck: key?.check ?? null };
}

async function* documentsOf(connection: Connection, name: string): AsyncGenerator<Frame> {
  for await (const content of rawDocuments(connection, name, {})) yield { type: DOCUMENT, content };
}

/** Reads documents in the order of their ids, as bytes, so that every type of value stays as it is. */
async function* rawDocuments(connection: Connection, name: string, filter: object): AsyncGenerator<Buffer> {
  const collection = bare(connection, name);
  let after: unknown;
  for (;;) {
    const later = after === undefined ? filter : { ...filter, _id: { $gt: after } };
    const options = { sort: { _id: 1 as const }, limit: PAGE, raw: true };
    const page = (await collection.find(later as object, options).toArray()) as unknown as Uint8Array[];
    for (const bytes of page) yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (page.length < PAGE) return;
    after = mongo.BSON.deserialize(page.at(-1) as Uint8Array)._id;
  }
}

interface FileRow {
  _id: UploadId;
  metadata: { accidentId: string };
  keeper?: KeeperName;
  length?: number;
}

const FILES_AT_ONCE = 4;

/**
 * Entries of finished files, each with its sealed bytes behind it. One that is removed meanwhile is left
 * out.
 */
async function* filesOf(source: Source, files: Manifest["files"]): AsyncGenerator<Frame> {
  const finished = rawDocuments(source.connection, FILES, { filename: { $exists: true } });
  for await (const some of grouped(finished, FILES_AT_ONCE))
    for (const file of await Promise.all(some.map((content) => readFile(source, content)))) {
      if (!file) continue;
      if (file.faulty) files.faulty.push(file.faulty);
      yield { type: DOCUMENT, content: file.content };
      if (!file.bytes) continue;
      files.count++;
      files.bytes += file.bytes.length;
      yield { type: BYTES, content: file.bytes };
    }
}

/** An entry with its bytes; `faulty`: its id where they are damaged or gone. null: removed meanwhile. */
async function readFile({ connection, keepers }: Source, content: Buffer) {
  const { _id, metadata, keeper = "gridfs", length } = mongo.BSON.deserialize(content) as FileRow;
  const bytes = await keepers[keeper].read({ id: _id, accidentId: metadata.accidentId });
  if (bytes !== null && bytes.length === length) return { content, bytes, faulty: null };
  const still = { _id, filename: { $exists: true }, sweptAt: { $exists: false } };
  const isThere = (await bare<FileRow>(connection, FILES).findOne(still as object)) !== null;
  return isThere ? { content, bytes, faulty: _id.toHexString() } : null;
}
