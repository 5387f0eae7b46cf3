import type { Connection } from "mongoose";
import { bare } from "./bulk.ts";
import { DatabaseFault } from "./database-fault.ts";
import { unlessThere } from "./duplicate.ts";
import { STEPS, type Step } from "./migrations/steps.ts";
import { SCHEMA_VERSION } from "./shapes.ts";

export interface SchemaDocument {
  _id: "schema";
  version: number;
  /** the lowest schema version whose programs may work on this database; absent: `version` */
  oldest?: number;
  /** the process that migrates now, and until when it holds the lease */
  holder?: string;
  leaseUntil?: Date;
}

export type Schema = Pick<SchemaDocument, "version"> & { oldest: number };

export const schemaOf = (connection: Connection) => bare<SchemaDocument>(connection, "schema");

/** What the database says of its shape; version 0 where it says nothing. */
export async function readSchema(connection: Connection): Promise<Schema> {
  const { version = 0, oldest = version } = (await schemaOf(connection).findOne({ _id: "schema" })) ?? {};
  return { version, oldest };
}

/** Reads it, and writes version 0 where there is none. */
export async function makeSchema(connection: Connection): Promise<Schema> {
  const unless = { $setOnInsert: { version: 0 } };
  await schemaOf(connection).updateOne({ _id: "schema" }, unless, { upsert: true }).catch(unlessThere);
  return readSchema(connection);
}

export const pendingAt = ({ version }: Schema): readonly Step[] => STEPS.slice(version);

/** Whether a step ends the work of programs that may work on this database now. */
export const endsOlder = (schema: Schema): boolean => pendingAt(schema).some(({ oldest }) => oldest > schema.version);

/** Throws a DatabaseFault where the database has a shape that this code must not touch. */
export function refuseNewer({ version, oldest }: Schema): void {
  if (oldest <= SCHEMA_VERSION) return;
  throw new DatabaseFault(
    `The database has schema version ${version}, and this version of the program knows ${SCHEMA_VERSION} at most: ` +
      "start the version that was used last, or a later one.",
  );
}

const COMMAND = "`npm run migrate` (in the image: `node dist/src/jobs/migrate-command.js`)";

/** Throws a DatabaseFault, with the command to run, where a migration is to be done. */
export function refuseOlder(schema: Schema): void {
  if (pendingAt(schema).length === 0) return;
  throw new DatabaseFault(
    `The database has schema version ${schema.version} and this version of the program needs ${SCHEMA_VERSION}: ` +
      `back up, run ${COMMAND}, then start again.`,
  );
}

const SHOWN = 3;

/** Throws a DatabaseFault, with the command to run, where indexes are to be built. */
export function refuseWithout(missing: readonly string[]): void {
  if (missing.length === 0) return;
  const more = missing.length > SHOWN ? ` and ${missing.length - SHOWN} more` : "";
  throw new DatabaseFault(
    `The database lacks the indexes ${missing.slice(0, SHOWN).join(", ")}${more}: run ${COMMAND}, then start again.`,
  );
}
