import type { Connection } from "mongoose";
import type { Accident } from "../domain/accident.ts";
import type { AccidentDocument } from "./accident-document.ts";
import { bare } from "./bulk.ts";
import { together } from "./together.ts";

/** of one person's cases, those among which the one that he came into last is looked for */
const RECENT = 4;

/** Finds the case that a person came into last, or null; pushes that come together ask together. */
export function latestCases(connection: Connection): (personId: string) => Promise<AccidentDocument | null> {
  const accidents = bare<AccidentDocument>(connection, "accidents");
  const alone = (personId: string) =>
    accidents.find({ personIds: personId }, { sort: { openedAt: -1 }, limit: RECENT }).toArray();
  const newestOf = together<string, AccidentDocument[]>({
    alone,
    async group(personIds) {
      // Unsorted, as it stands in the index. Where somebody has very many, others' may be missing: then each asks for himself.
      const limit = RECENT * personIds.length;
      const found = await accidents.find({ personIds: { $in: personIds } }, { limit }).toArray();
      if (found.length === limit) return Promise.all(personIds.map(alone));
      return personIds.map((id) => found.filter((document) => document.personIds.includes(id)));
    },
  });
  return async (personId) => latestOf(await newestOf(personId), personId);
}

/** Both drivers may have opened a case before one of them joins the other's: not when the case was opened counts, but when he came into it. */
function latestOf(documents: AccidentDocument[], personId: string): AccidentDocument | null {
  const joinedAt = ({ parts }: AccidentDocument): number => {
    const { A, B } = parts.parties as Accident["parties"];
    return (A.identity.personId === personId ? A : B)?.joinedAt.getTime() ?? 0;
  };
  return documents.reduce<AccidentDocument | null>(
    (latest, document) => (latest && joinedAt(latest) >= joinedAt(document) ? latest : document),
    null,
  );
}
