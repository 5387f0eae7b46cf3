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
  const people = bare<{ _id: string; cases?: CaseOfPerson[] }>(connection, "people");
  const casesOf = async (personId: string) =>
    (await people.findOne({ _id: personId }, { projection: { cases: 1 } }))?.cases ?? [];
  return async ({ id: personId, cases }) => {
    const latestFirst = [...(cases ?? (await casesOf(personId)))].sort((a, b) => b.at.getTime() - a.at.getTime());
    for (const { id } of latestFirst) {
      const document = await read(id);
      if (document && names(document, personId)) return document;
    }
    return null;
  };
}

/** Not one that is erased, that was never opened after all, or from which the person was taken out. */
function names({ wrappedKey, parts }: AccidentDocument, personId: string): boolean {
  if (!wrappedKey) return false;
  const { A, B } = parts.parties;
  return [A, B].some((party) => party?.identity.personId === personId);
}
