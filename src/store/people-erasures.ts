import type { mongo } from "mongoose";
import type { People } from "./people.ts";
import type { PersonDocument } from "./person-document.ts";

/** Requests for early erasure (PIPL art. 47), on the person until an operator has carried them out. */
export function erasuresAsked(people: mongo.Collection<PersonDocument>): Pick<People, "askErasure" | "listErasures"> {
  return {
    async askErasure(_id, at) {
      await people.updateOne({ _id, erasureAskedAt: { $exists: false } }, { $set: { erasureAskedAt: at } });
    },
    async listErasures() {
      const asked = { erasureAskedAt: { $gt: new Date(0) } };
      const found = await people.find(asked, { projection: { erasureAskedAt: 1 } }).toArray();
      const requests = found.map(({ _id, erasureAskedAt }) => ({ id: _id, at: erasureAskedAt as Date }));
      return requests.sort((one, other) => one.at.getTime() - other.at.getTime());
    },
  };
}
