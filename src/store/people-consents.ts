import type { Model } from "mongoose";
import type { NoticeConsent, PersonDocument } from "./person-document.ts";

export interface Consents {
  /** Records a choice for a template; a refusal withdraws earlier consents. */
  noteConsent(personId: string, templateId: string, status: NoticeConsent["status"]): Promise<void>;
  /** Uses one consent; returns false when there is none. */
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
