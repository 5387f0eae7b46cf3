import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { EJSON } from "bson";
import mongoose from "mongoose";

/*
 * Databases as releases have left them, by schema version; one line of Extended JSON for each document,
 * gzipped. 0: before schema versions, three cases of the demo on their way and at their end, and an erased
 * one. Later ones by `npm run fixture`. Of the pictures and pages of papers only some are in them.
 */

const fixture = async (name: string): Promise<string> =>
  gunzipSync(await readFile(new URL(`../../../test/fixtures/${name}`, import.meta.url))).toString("utf8");

/** What the code of then read from it, the keys of the accidents left out. */
export interface OldDatabase {
  /** hex */
  dataKey: string;
  /** id of the erased accident */
  erased: string;
  accidents: Record<string, OldAccident>;
  people: Record<string, { openid: string; details: unknown; accident: string | null; unsaid: string[] }>;
  /** a message that was acknowledged and is not done yet */
  kept: { key: string; message: string };
}

interface OldAccident extends Record<string, unknown> {
  /** the code of then gave a stored one a `refusal` of null, too */
  photos: ({ state: string; refusal?: null } & Record<string, unknown>)[];
  /** by id of the delivery or of the outbox's entry */
  bodies: Record<string, string>;
  files: { sha256: string; kind: string; bytes: number }[];
}

/** What the code of the latest release read from its database. */
export interface LatestDatabase extends Pick<OldDatabase, "dataKey" | "erased"> {
  /** `files`: SHA-256 of those that are in it */
  accidents: Record<string, { files: string[] } & Record<string, unknown>>;
  people: Record<string, { openid: string; details: unknown }>;
}

export const readLatestDatabase = async (version: number): Promise<LatestDatabase> =>
  EJSON.parse(await fixture(`database-${version}.expected.json.gz`), { relaxed: true }) as LatestDatabase;

export const readOldDatabase = async (): Promise<OldDatabase> =>
  EJSON.parse(await fixture("database-0.expected.json.gz"), { relaxed: true }) as OldDatabase;

export interface OldRow {
  collection: string;
  document: { _id: unknown } & Record<string, unknown>;
}

/** All documents of the database of that schema version, as its release wrote them. */
export const readOldRows = async (version: number): Promise<OldRow[]> =>
  (await fixture(`database-${version}.ejsonl.gz`))
    .trim()
    .split("\n")
    .map((line) => EJSON.parse(line, { relaxed: false }) as OldRow);

/** Writes all documents of the database before schema versions into this one. */
export const restoreOldDatabase = async (uri: string): Promise<void> => writeRows(uri, await readOldRows(0));

/** Writes documents as another program does: past the stores. */
export async function writeRows(uri: string, rows: readonly OldRow[]): Promise<void> {
  const connection = await mongoose.createConnection(uri).asPromise();
  try {
    for (const name of new Set(rows.map(({ collection }) => collection))) {
      const documents = rows.filter(({ collection }) => collection === name).map(({ document }) => document);
      await connection.collection(name).insertMany(documents as never);
    }
  } finally {
    await connection.close();
  }
}
