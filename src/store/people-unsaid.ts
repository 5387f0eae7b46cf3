import type { Model } from "mongoose";
import { DatabaseAway } from "../errors.ts";
import type { PersonDocument } from "./person-document.ts";
import { bytesOf } from "./sealing.ts";
import { placeIn } from "./shapes.ts";
import { openedOrNull, type Vault } from "./vault.ts";

/** Texts that no channel could send. */
export interface Unsaid {
  /** Keeps them for the next answer; the twenty newest. */
  keepUnsaid(personId: string, ...texts: string[]): Promise<void>;
  /** Returns and removes the kept texts. */
  takeUnsaid(personId: string): Promise<string[]>;
}

const UNSAID_LIMIT = 20;

/**
 * Returns true where it is unknown whether the texts were removed: twice is better than never. Throws other
 * errors.
 */
function sayAnyway(error: unknown): boolean {
  if (error instanceof DatabaseAway) return true;
  throw error;
}

export function unsaidOf(model: Model<PersonDocument>, vault: Vault): Unsaid {
  return {
    async keepUnsaid(personId, ...texts) {
      if (texts.length === 0) return;
      const sealed = texts.map((text) => vault.sealOwn(placeIn("people", personId, "unsaid"), text));
      await model.updateOne({ _id: personId }, { $push: { unsaid: { $each: sealed, $slice: -UNSAID_LIMIT } } });
    },
    async takeUnsaid(personId) {
      const before = await model.findOne({ _id: personId }, { unsaid: 1 }).lean<PersonDocument>();
      const unsaid = before?.unsaid ?? [];
      if (unsaid.length === 0) return [];
      // Read first, so that a lost answer loses no message. Another process that takes them at the same
      // moment finds none.
      const taking = model.updateOne({ _id: personId, unsaid }, { $unset: { unsaid: 1 } });
      const isMine = await taking.then(({ matchedCount }) => matchedCount === 1, sayAnyway);
      if (!isMine) return [];
      const opened = unsaid.map((sealed) =>
        openedOrNull(() => vault.openOwn(placeIn("people", personId, "unsaid"), bytesOf(sealed))),
      );
      return opened.filter((text) => text !== null);
    },
  };
}
