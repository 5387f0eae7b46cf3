import type { Accident } from "../domain/accident.ts";
import { Unreadable } from "../errors.ts";
import type { Log } from "../log.ts";
import { type AccidentDocument, documentToAccident } from "./accident-document.ts";
import { bytesOf, sealing } from "./sealing.ts";
import type { Vault } from "./vault.ts";

/**
 * Opens what is sealed of accidents. A case that does not open is said once, however often somebody comes to
 * it.
 */
export interface AccidentReader {
  /** Throws Unreadable with the case's number. */
  read(document: AccidentDocument): Accident;
  /** The accident alone in a list; none where it does not open, which was logged. */
  readable(document: AccidentDocument): Accident[];
  readBody(
    document: Pick<AccidentDocument, "_id" | "number" | "wrappedKey">,
    entryId: string,
    sealed: Uint8Array,
  ): string;
  /** how many did not open when this process last came to them */
  countUnreadable(): number;
}

export function createAccidentReader(vault: Vault, log: Log): AccidentReader {
  const unreadable = new Set<string>();
  const tell = ({ _id, number }: Pick<AccidentDocument, "_id" | "number">, cause: unknown): never => {
    if (!unreadable.has(_id)) log.error({ accidentId: _id, number, code: "case-unreadable" }, "case.unreadable");
    unreadable.add(_id);
    throw new Unreadable({ number }, cause);
  };
  const read: AccidentReader["read"] = (document) => {
    try {
      const accident = documentToAccident(document, vault);
      unreadable.delete(document._id);
      return accident;
    } catch (error) {
      if (error instanceof Unreadable) return tell(document, error);
      throw error;
    }
  };
  return {
    read,
    readable(document) {
      try {
        return [read(document)];
      } catch (error) {
        if (error instanceof Unreadable) return [];
        throw error;
      }
    },
    readBody({ _id, number, wrappedKey }, entryId, sealed) {
      try {
        const key = vault.unwrap(_id, bytesOf(wrappedKey));
        return sealing(vault, key, _id).open<string>(`outbox/${entryId}`, sealed) ?? "";
      } catch (error) {
        if (error instanceof Unreadable) return tell({ _id, number }, error);
        throw error;
      }
    },
    countUnreadable: () => unreadable.size,
  };
}
