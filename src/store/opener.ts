import type { Connection } from "mongoose";
import { isRunning } from "../domain/accident.ts";
import { Conflict } from "../errors.ts";
import type { AccidentDocument } from "./accident-document.ts";
import { bare } from "./bulk.ts";
import { isDuplicate } from "./duplicate.ts";
import { hashedKey, type LookupDocument } from "./lookups.ts";
import { repeatable } from "./repeat.ts";
import type { Vault } from "./vault.ts";

/**
 * Lets nobody open two accidents at once (a double tap): one document for each person names the one that they
 * opened last.
 */
export interface Opener {
  /**
   * Takes the lock for an accident that is to be opened. Returns the id under which it must be inserted:
   * where an earlier attempt took the lock and never came to insert its accident, that attempt's, so that of
   * two only one can be inserted. Throws Conflict "already-open" while the accident that has the lock is
   * running.
   */
  take(personId: string, accidentId: string): Promise<string>;
  /** id of the accident that this person opened last */
  find(personId: string): Promise<string | null>;
}

/** A lock names another accident in the moment between two looks at most this often. */
const TRIES = 5;

export function createOpener(connection: Connection, vault: Vault): Opener {
  const locks = bare<LookupDocument>(connection, "lookups");
  const accidents = bare<AccidentDocument>(connection, "accidents");
  const idOf = (personId: string) => hashedKey(vault, { kind: "opener", value: personId });
  const inserted = (lock: LookupDocument) =>
    repeatable(() => locks.insertOne(lock)).then(
      () => true,
      (error: unknown) => {
        if (isDuplicate(error)) return false;
        throw error;
      },
    );
  return {
    async take(personId, accidentId) {
      const _id = idOf(personId);
      for (let attempt = 0; attempt < TRIES; attempt++) {
        if (await inserted({ _id, accidentId })) return accidentId;
        const lock = await locks.findOne({ _id });
        // removed with its erased accident
        if (!lock) continue;
        const holder = await accidents.findOne({ _id: lock.accidentId });
        if (!holder) return lock.accidentId;
        if (holder.wrappedKey && isRunning({ ...holder.parts, dispute: holder.parts.dispute ?? null }))
          throw new Conflict("already-open");
        const over = { _id, accidentId: lock.accidentId };
        if ((await locks.updateOne(over, { $set: { accidentId } })).matchedCount === 1) return accidentId;
      }
      throw new Conflict("already-open");
    },
    async find(personId) {
      return (await locks.findOne({ _id: idOf(personId) }))?.accidentId ?? null;
    },
  };
}
