import type { Model } from "mongoose";
import type { PersonDocument } from "./people.ts";

/** His answer to the platform's question whether one subscription notice may be sent: each yes is good for one. */
export interface NoticeConsent {
  left: number;
  status: "accept" | "reject";
}

export interface Consents {
  /** Notes what he chose for a template; a refusal takes back what he had agreed to. */
  noteConsent(personId: string, templateId: string, status: NoticeConsent["status"]): Promise<void>;
  /** Takes one consent; false when there is none. */
  takeConsent(personId: string, templateId: string): Promise<boolean>;
}

const field = (templateId: string) => `consents.${templateId.replaceAll(/[^\w-]/g, "_")}`;

export function consentsOf(model: Model<PersonDocument>): Consents {
  return {
    async noteConsent(personId, templateId, status) {
      const at = field(templateId);
      const update =
        status === "accept"
          ? { $inc: { [`${at}.left`]: 1 }, $set: { [`${at}.status`]: status } }
          : { $set: { [at]: { left: 0, status } } };
      await model.updateOne({ _id: personId }, update as never);
    },
    async takeConsent(personId, templateId) {
      const at = `${field(templateId)}.left`;
      const taken = await model.updateOne(
        { _id: personId, [at]: { $gt: 0 } } as never,
        { $inc: { [at]: -1 } } as never,
      );
      return taken.matchedCount === 1;
    },
  };
}
