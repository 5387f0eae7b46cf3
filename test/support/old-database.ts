import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { EJSON } from "bson";
import mongoose from "mongoose";

/*
 * A database as the demo left it before schema versions: three cases on their way and at their end, and an
 * erased one. Of the pictures and pages of papers only some are in it. One line of Extended JSON for each
 * document, gzipped.
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

export const readOldDatabase = async (): Promise<OldDatabase> =>
  EJSON.parse(await fixture("database-0.expected.json.gz"), { relaxed: true }) as OldDatabase;

/** Writes all documents of it into this database. */
export async function restoreOldDatabase(uri: string): Promise<void> {
  const rows = (await fixture("database-0.ejsonl.gz"))
    .trim()
    .split("\n")
    .map((line) => EJSON.parse(line, { relaxed: false }) as { collection: string; document: object });
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
