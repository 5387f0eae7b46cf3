import { searchKeys } from "../../domain/case-facets.ts";
import { Unreadable } from "../../errors.ts";
import { type AccidentDocument, documentToAccident } from "../accident-document.ts";
import { bare } from "../bulk.ts";
import { createCaseListing } from "../case-listing.ts";
import { createLookups, lookupsOf } from "../lookups.ts";
import { eachOf, type Migration } from "./migration.ts";

/**
 * Lists the cases from before the desk's search: by place, state, flags and names. One that does not open is
 * left out: whoever comes to it is told.
 */
export const toVersion2: Migration = async (connection, { vault, catalogue, progress }) => {
  const lookups = await createLookups(connection, vault);
  const listing = createCaseListing(connection, vault);
  const counts = { listed: 0, unlisted: 0 };
  for await (const document of eachOf(bare<AccidentDocument>(connection, "accidents"), { progress })) {
    if (!document.wrappedKey) continue;
    try {
      const accident = documentToAccident(document, vault);
      await lookups.add(accident.id, lookupsOf(accident));
      await listing.add(accident, searchKeys(accident, catalogue));
      counts.listed++;
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      counts.unlisted++;
    }
  }
  return counts;
};
