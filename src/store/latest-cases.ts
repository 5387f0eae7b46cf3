import type { Connection } from "mongoose";
import type { Person } from "../domain/accident.ts";
import type { CaseOfPerson } from "../domain/case-of-person.ts";
import type { AccidentDocument } from "./accident-document.ts";
import { bare } from "./bulk.ts";
import { together } from "./together.ts";

/**
 * Finds the case that a person came into last, or null; pushes that come together ask together. Without
 * `cases` the person's list is read first.
 */
export function latestCases(
  connection: Connection,
): (person: Pick<Person, "id" | "cases">) => Promise<AccidentDocument | null> {
  const accidents = bare<AccidentDocument>(connection, "accidents");
  const read = together<string, AccidentDocument | null>({
    alone: (_id) => accidents.findOne({ _id }),
    async group(ids) {
      const found = await accidents.find({ _id: { $in: [...new Set(ids)] } }).toArray();
      const byId = new Map(found.map((document) => [document._id, document]));
      return ids.map((id) => byId.get(id) ?? null);
    },
  });
  const casesOf = listsOf(connection);
  return async ({ id: personId, cases }) => {
    for (const id of latestFirst(cases ?? (await casesOf(personId)))) {
      const document = await read(id);
      if (document && names(document, personId)) return document;
    }
    return null;
  };
}

/** Finds all cases that name the person, the one that they came into last first; at most `limit`. */
export function allCases(
  connection: Connection,
): (person: Pick<Person, "id" | "cases">, limit: number) => Promise<AccidentDocument[]> {
  const accidents = bare<AccidentDocument>(connection, "accidents");
  const casesOf = listsOf(connection);
  return async (person, limit) => {
    const ids = latestFirst(person.cases ?? (await casesOf(person.id))).slice(0, limit);
    if (ids.length === 0) return [];
    const found = await accidents.find({ _id: { $in: ids } }).toArray();
    const byId = new Map(found.map((document) => [document._id, document]));
    return ids.flatMap((id) => byId.get(id) ?? []).filter((document) => names(document, person.id));
  };
}

function listsOf(connection: Connection): (personId: string) => Promise<CaseOfPerson[]> {
  const people = bare<{ _id: string; cases?: CaseOfPerson[] }>(connection, "people");
  return async (personId) => (await people.findOne({ _id: personId }, { projection: { cases: 1 } }))?.cases ?? [];
}

/** A repeated write may have put a case on the list twice. */
const latestFirst = (cases: readonly CaseOfPerson[]): string[] => [
  ...new Set([...cases].sort((a, b) => b.at.getTime() - a.at.getTime()).map(({ id }) => id)),
];

/** Not one that is erased, that was never opened after all, or from which the person was taken out. */
function names({ wrappedKey, parts }: AccidentDocument, personId: string): boolean {
  if (!wrappedKey) return false;
  const { A, B } = parts.parties;
  return [A, B].some((party) => party?.identity.personId === personId);
}
