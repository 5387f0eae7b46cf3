import type { Config } from "./config.ts";
import type { Accident } from "./domain/accident.ts";
import { dueAt } from "./domain/dispute-clocks.ts";
import { lawfulTimes } from "./domain/lawful-times.ts";
import type { Log } from "./log.ts";
import type { OpenStore } from "./open-store.ts";
import { createAccessLog } from "./store/access-log.ts";
import { createAccidentReader } from "./store/accident-reader.ts";
import { createAccidents } from "./store/accidents.ts";
import { createAudits } from "./store/audits.ts";
import { createCaseListing } from "./store/case-listing.ts";
import { createCounters } from "./store/counters.ts";
import { createDeliveries } from "./store/deliveries.ts";
import { createDisputes } from "./store/disputes.ts";
import { createErasedList } from "./store/erased.ts";
import { createErasures } from "./store/erasures.ts";
import { createFeedback } from "./store/feedback.ts";
import { createInbox } from "./store/inbox.ts";
import { createInspection } from "./store/inspection.ts";
import { createLeases } from "./store/leases.ts";
import { createLetterNumbers } from "./store/letter-numbers.ts";
import { createLookups } from "./store/lookups.ts";
import { createNotices } from "./store/notices.ts";
import { createOfficerSessions } from "./store/officer-sessions.ts";
import { createOfficers } from "./store/officers.ts";
import { createPeople } from "./store/people.ts";
import { createPersonCases } from "./store/person-cases.ts";
import { createPhotoHashes } from "./store/photo-hashes.ts";
import { createKeptCounts } from "./store/queue-counts.ts";
import { createReleases } from "./store/releases.ts";
import { createRetention } from "./store/retention.ts";
import { createRewrap } from "./store/rewrap.ts";
import { createSpareMarks } from "./store/spare-marks.ts";
import { createTokens } from "./store/tokens.ts";
import { createTries } from "./store/tries.ts";
import { createUploads } from "./store/uploads.ts";
import { createWitness } from "./store/witness.ts";
import { SAY_WINDOWS } from "./wechat/api/quota.ts";

export type Collections = Awaited<ReturnType<typeof createCollections>>;

/** Creates what the store keeps, a collection each. Throws a DatabaseFault where production lacks indexes. */
export async function createCollections(config: Config, store: OpenStore, log: Log) {
  const { connection, databaseClock, now, vault, blobs } = store;
  const reader = createAccidentReader(vault, log);
  const lookups = await createLookups(connection, vault);
  const listing = createCaseListing(connection, vault);
  const personCases = createPersonCases(connection, vault);
  const erased = await createErasedList(connection, now);
  const retention = await createRetention(connection, { blobs, lookups, personCases, erased });
  const { catalogue } = config.rules;
  const clockLimits = { limits: config.police.limits, ...lawfulTimes(config.rules) };
  const due = (accident: Accident) => dueAt(accident, clockLimits);
  const made = {
    reader,
    retention,
    erased,
    rewrap: createRewrap({ connection, vault, now, isChanging: config.keys.otherData !== null }),
    inspection: createInspection({ connection, vault, blobs }),
    spareMarks: await createSpareMarks(connection),
    erasures: createErasures(connection),
    witness: createWitness({ connection, clock: databaseClock, log }),
    tries: await createTries(connection),
    people: await createPeople({ connection, vault, now, openings: SAY_WINDOWS, personCases, erased }),
    tokens: createTokens(connection, vault, now),
    deliveries: await createDeliveries({ connection, clock: databaseClock }),
    accidents: await createAccidents({
      ...{ connection, vault, now, catalogue, dueAt: due, reader, lookups, listing, personCases },
    }),
    keptCounts: createKeptCounts(connection),
    leases: createLeases(connection, now),
    letterNumbers: await createLetterNumbers(connection, now),
    disputes: createDisputes(connection, reader),
    releases: createReleases(connection, now),
    uploads: await createUploads(connection, vault, now),
    photoHashes: await createPhotoHashes(connection, log),
    feedback: await createFeedback(connection, vault),
    counters: createCounters(connection),
    inbox: await createInbox(connection, vault, now),
    notices: await createNotices(connection, now),
    officers: await createOfficers(connection, vault),
    officerSessions: await createOfficerSessions(connection),
    accessLog: await createAccessLog(connection, vault, now),
    audits: await createAudits(connection, vault),
  };
  store.requireIndexes();
  return made;
}
