import type { Connection } from "mongoose";
import { bare } from "./bulk.ts";
import { DatabaseFault } from "./database-fault.ts";

/**
 * How far a restore has come: `clearing` what a migration has put into the empty database, `putting` the
 * backup's documents and files, `written` when all of them are there.
 */
export type RestoringStep = "clearing" | "putting" | "written";

/** Stands in `schema` while a backup is being restored into the database. */
interface RestoringDocument {
  _id: "restoring";
  /** which backup */
  mark: string;
  step: RestoringStep;
}

const _id = "restoring" as const;
const marks = (connection: Connection) => bare<RestoringDocument>(connection, "schema");

/** Which backup's restore was begun and not ended, and how far it came. */
export function findRestoring(connection: Connection): Promise<Pick<RestoringDocument, "mark" | "step"> | null> {
  return marks(connection).findOne({ _id });
}

/** Closes the database to every process until `endRestoring`. */
export async function noteRestoring(connection: Connection, mark: string): Promise<void> {
  await marks(connection).insertOne({ _id, mark, step: "clearing" });
}

export async function noteStep(connection: Connection, step: RestoringStep): Promise<void> {
  await marks(connection).updateOne({ _id }, { $set: { step } });
}

/** Opens the database to the service. */
export async function endRestoring(connection: Connection): Promise<void> {
  await marks(connection).deleteOne({ _id });
}

/** Throws a DatabaseFault while a restore has not ended. */
export async function refuseUnfinished(connection: Connection): Promise<void> {
  if (await marks(connection).findOne({ _id }))
    throw new DatabaseFault(
      "A backup is being restored into this database, or the restore has not come to its end: " +
        "run restore with the same backup again, or name another database.",
    );
}
