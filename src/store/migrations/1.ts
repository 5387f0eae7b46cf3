import { bare } from "../bulk.ts";
import { sealAccidentsAnew } from "./1-accidents.ts";
import { sealMessagesAnew, sealPeopleAnew } from "./1-people.ts";
import { dropIndexes, type Migration } from "./migration.ts";

/** What accidents were found by. */
const OLD_INDEXES = ["number_1", "personIds_1_openedAt_-1", "invitationHashes_1", "claimRefs_1", "runningOpener_1"];

/**
 * Version 1: a format byte and the id of the key stand before everything sealed, each value is bound to its
 * document, and the key of an accident for sealing is another one than that for digests. Accidents are found
 * over `lookups`, and by the list of cases that each person has.
 */
export const toVersion1: Migration = async (connection, tools) => {
  // Both can be had again: the platform gives a new token, and a phone sends its picture again.
  await bare(connection, "tokens").deleteMany({});
  await bare(connection, "uploads").deleteMany({});
  const counts = {
    ...(await sealPeopleAnew(connection, tools)),
    ...(await sealMessagesAnew(connection, tools)),
    ...(await sealAccidentsAnew(connection, tools)),
  };
  await dropIndexes(connection, "accidents", OLD_INDEXES);
  return counts;
};
