import type { Connection } from "mongoose";
import { bare } from "./bulk.ts";
import { DatabaseFault } from "./database-fault.ts";

/** Stands in `schema` while a backup is being restored into the database. */
interface RestoringDocument {
  _id: "restoring";
  /** which backup */
  mark: string;
}

const _id = "restoring" as const;
const marks = (connection: Connection) => bare<RestoringDocument>(connection, "schema");

/** Whether a restore of this backup was begun and not ended. */
export async function isUnfinished(connection: Connection, mark: string): Promise<boolean> {
  return (await marks(connection).findOne({ _id }))?.mark === mark;
}

export async function noteRestoring(connection: Connection, mark: string): Promise<void> {
  await marks(connection).insertOne({ _id, mark });
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
