import type { Connection } from "mongoose";
import type { CaseOfPerson } from "../domain/case-of-person.ts";
import { bare } from "./bulk.ts";
import { hashedKey, type LookupDocument, startingWith } from "./lookups.ts";
import { repeatable } from "./repeat.ts";
import type { Vault } from "./vault.ts";

/**
 * The cases that a person has come into, on the person, so that a push finds its case with what it reads
 * anyway. The same is in the lookups, from which a person who was forgotten and comes back gets them again.
 * Written before the accident is: one that does not name the person is passed over when it is read.
 */
export interface PersonCases {
  note(personId: string, found: CaseOfPerson): Promise<void>;
  /** What the lookups have, also of somebody who is not known (any more). */
  list(personId: string): Promise<CaseOfPerson[]>;
  /** Puts what the lookups have onto a person who has no list yet, and returns it. */
  restore(personId: string): Promise<CaseOfPerson[]>;
  /** Takes an accident off everybody's list. Its lookups must still be there. */
  forget(accidentId: string): Promise<void>;
}

interface PersonRow {
  _id: string;
  cases?: CaseOfPerson[];
}

export function createPersonCases(connection: Connection, vault: Vault): PersonCases {
  const people = bare<PersonRow>(connection, "people");
  const lookups = bare<LookupDocument>(connection, "lookups");
  const keyOf = (personId: string) => hashedKey(vault, { kind: "person", value: personId });
  const list = async (personId: string): Promise<CaseOfPerson[]> => {
    const found = await lookups.find({ _id: startingWith(`${keyOf(personId)}/`) }).toArray();
    return found.map(({ accidentId, at }) => ({ id: accidentId, at: at ?? new Date(0) }));
  };
  return {
    list,
    async note(personId, { id, at }) {
      const lookup = { accidentId: id, at, personId };
      const _id = `${keyOf(personId)}/${id}`;
      await repeatable(() => lookups.updateOne({ _id }, { $set: lookup }, { upsert: true }));
      // Somebody who is not known any more gets the list from the lookups when they come back.
      const push = { $push: { cases: { id, at } } };
      // The same one twice on the list does no harm.
      await repeatable(() => people.updateOne({ _id: personId }, push));
    },
    async restore(personId) {
      const cases = await list(personId);
      const unlisted = { _id: personId, cases: { $exists: false } };
      await repeatable(() => people.updateOne(unlisted, { $set: { cases } }));
      return cases;
    },
    async forget(accidentId) {
      const found = await lookups.find({ accidentId }).toArray();
      const ids = found.flatMap(({ personId }) => personId ?? []);
      await people.updateMany({ _id: { $in: ids } }, { $pull: { cases: { id: accidentId } } });
    },
  };
}
