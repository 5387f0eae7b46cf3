import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "mongoose";
import type { Log } from "../log.ts";
import { bare } from "./bulk.ts";
import { DatabaseFault } from "./database-fault.ts";
import { isDuplicate } from "./duplicate.ts";
import { toVersion1 } from "./migrations/1.ts";
import { toVersion2 } from "./migrations/2.ts";
import type { Migration, Tools } from "./migrations/migration.ts";
import { SCHEMA_VERSION } from "./shapes.ts";

/**
 * In order; the first brings a database to version 1. Each is safe to repeat, and does little on an empty
 * database.
 */
const MIGRATIONS: readonly Migration[] = [toVersion1, toVersion2];

interface SchemaDocument {
  _id: "schema";
  version: number;
  /** the process that migrates now, and until when it holds the lease */
  holder?: string;
  leaseUntil?: Date;
}

const LEASE_MS = 30_000;
const RENEW_MS = 10_000;
/** between two looks at what another process is migrating */
const WAIT_MS = 250;

/** Throws a DatabaseFault where the database has a newer shape than this code knows. */
export async function refuseNewer(connection: Connection): Promise<void> {
  check((await schemaOf(connection).findOne({ _id: "schema" }))?.version ?? 0);
}

function check(version: number): void {
  if (version <= SCHEMA_VERSION) return;
  throw new DatabaseFault(
    `The database has schema version ${version}, and this version of the program knows ${SCHEMA_VERSION} at most: ` +
      "start the version that was used last, or a later one.",
  );
}

const schemaOf = (connection: Connection) => bare<SchemaDocument>(connection, "schema");

export interface Migrating extends Tools {
  connection: Connection;
  now: () => Date;
  log: Log;
}

/**
 * Brings the database to this code's schema version, before anything else reads it. Of several processes that
 * start at once one migrates under a lease, and the others wait; where it dies another goes on after the
 * lease.
 */
export async function migrate({ connection, now, log, ...tools }: Migrating): Promise<void> {
  const schema = schemaOf(connection);
  const _id = "schema" as const;
  const holder = randomUUID();
  const inMs = (ms: number) => new Date(now().getTime() + ms);
  while (true) {
    const known = await schema.findOne({ _id });
    if (!known) {
      await schema.insertOne({ _id, version: 0 }).catch((error: unknown) => {
        if (!isDuplicate(error)) throw error;
      });
      continue;
    }
    const { version } = known;
    check(version);
    const next = MIGRATIONS[version];
    if (!next) return;
    const free = { _id, version, $or: [{ leaseUntil: { $exists: false } }, { leaseUntil: { $lte: now() } }] };
    const lease = () => ({ $set: { holder, leaseUntil: inMs(LEASE_MS) } });
    if ((await schema.updateOne(free, lease())).matchedCount === 0) {
      await sleep(WAIT_MS);
      continue;
    }
    // A lease that could not be renewed may be taken over: the steps are safe beside each other.
    const renew = () => void schema.updateOne({ _id, holder }, lease()).catch(() => {});
    const renewing = setInterval(renew, RENEW_MS);
    try {
      const counts = await next(connection, { ...tools, log });
      await schema.updateOne({ _id, version, holder }, { $set: { version: version + 1 } });
      if (Object.values(counts).some((count) => count > 0))
        log.info({ to: version + 1, ...counts }, "database.migrated");
    } finally {
      clearInterval(renewing);
      await schema.updateOne({ _id, holder }, { $unset: { holder: 1, leaseUntil: 1 } }).catch(() => {});
    }
  }
}
