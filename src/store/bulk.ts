import { type Connection, mongo } from "mongoose";
import { isDuplicate } from "./duplicate.ts";

/** The driver's own collection, without mongoose's casting: for what every push does. */
export function bare<Document extends mongo.Document>(connection: Connection, name: string) {
  return (connection.db as mongo.Db).collection<Document>(name);
}

/**
 * Inserts documents with fresh random ids. One that exists already was written by the driver's first attempt,
 * whose answer was lost.
 */
export async function insertFresh(inserting: Promise<unknown>): Promise<void> {
  for (const error of (await errorsOf(inserting)).values()) if (!isDuplicate(error)) throw error;
}

/**
 * What single statements of an unordered bulk have met, by their number. What befell the whole, or leaves its
 * durability open, is thrown.
 */
export async function errorsOf(bulk: Promise<unknown>): Promise<Map<number, Error & { code: unknown }>> {
  try {
    await bulk;
    return new Map();
  } catch (error) {
    if (!(error instanceof mongo.MongoBulkWriteError) || error.result.getWriteConcernError()) throw error;
    const met = [error.writeErrors].flat();
    if (met.length === 0) throw error;
    return new Map(
      met.map(({ index, code, errmsg = "not written" }) => [index, Object.assign(new Error(errmsg), { code })]),
    );
  }
}
