import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "mongoose";
import type { UmzugStorage } from "umzug";
import type { Log } from "../log.ts";
import type { Tools } from "./migrations/migration.ts";
import { STEPS, type Step } from "./migrations/steps.ts";
import { makeSchema, pendingAt, refuseNewer, schemaOf } from "./schema-state.ts";

const LEASE_MS = 30_000;
const RENEW_MS = 10_000;
/** between two looks at what another process is migrating */
const WAIT_MS = 250;

export interface Migrating extends Tools {
  connection: Connection;
  now: () => Date;
  log: Log;
  /** Repeats the steps that were done, for what an older program has written since. */
  again?: boolean | undefined;
  tell?: ((line: string) => void) | undefined;
}

/**
 * Brings the database to this code's schema version, before anything else reads it. Of several processes that
 * start at once one migrates under a lease, and the others wait; where it dies another goes on after the
 * lease.
 */
export async function migrate(migrating: Migrating): Promise<void> {
  const { connection, now, again = false } = migrating;
  for (;;) {
    const known = await makeSchema(connection);
    refuseNewer(known);
    if (pendingAt(known).length === 0 && !again) return;
    const lease = await takeLease(connection, now);
    if (!lease) {
      await sleep(WAIT_MS);
      continue;
    }
    try {
      await runSteps(migrating, lease.holder);
      return;
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error;
    } finally {
      await lease.give();
    }
  }
}

/** Another process has taken over, because this one could not renew its lease in time. */
class LeaseLost extends Error {}

async function takeLease(connection: Connection, now: () => Date) {
  const schema = schemaOf(connection);
  const [_id, holder] = ["schema" as const, randomUUID()];
  const lease = () => ({ $set: { holder, leaseUntil: new Date(now().getTime() + LEASE_MS) } });
  const free = { _id, $or: [{ leaseUntil: { $exists: false } }, { leaseUntil: { $lte: now() } }] };
  if ((await schema.updateOne(free, lease())).matchedCount === 0) return null;
  // A lease that could not be renewed may be taken over: the steps are safe beside each other.
  const renewing = setInterval(() => void schema.updateOne({ _id, holder }, lease()).catch(() => {}), RENEW_MS);
  return {
    holder,
    async give() {
      clearInterval(renewing);
      await schema.updateOne({ _id, holder }, { $unset: { holder: 1, leaseUntil: 1 } }).catch(() => {});
    },
  };
}

/** Umzug is loaded only where there is something to do. */
async function runSteps(
  { connection, again, tell, progress, now: _, ...tools }: Migrating,
  holder: string,
): Promise<void> {
  const { MigrationError, Umzug } = await import("umzug");
  const up = async ({ name, up: run }: Step) => {
    const [started, version] = [performance.now(), versionOf(name)];
    tell?.(`migration ${name} …`);
    const show = progress && ((doing: string, total: number) => progress(`migration ${name}, ${doing}`, total));
    const counts = await run(connection, { ...tools, progress: show });
    if (Object.values(counts).some((count) => count > 0))
      tools.log.info({ to: version, ...counts }, "database.migrated");
    const done = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
    tell?.(`migration ${name}: ${[...done, `${((performance.now() - started) / 1000).toFixed(1)} s`].join(", ")}`);
  };
  const umzug = new Umzug({
    migrations: STEPS.map((step) => ({ name: step.name, up: () => up(step) })),
    storage: storageIn(connection, holder),
    context: {},
    logger: undefined,
  });
  const which = again ? { migrations: STEPS.map(({ name }) => name), rerun: "ALLOW" as const } : {};
  await umzug.up(which).catch((error: unknown) => {
    // whoever started it knows the errors of the database
    throw error instanceof MigrationError ? error.cause : error;
  });
}

const versionOf = (name: string): number => STEPS.findIndex((step) => step.name === name) + 1;

/** Which steps are done is the version in the schema's document; the holder of the lease alone raises it. */
function storageIn(connection: Connection, holder: string): UmzugStorage {
  const schema = schemaOf(connection);
  return {
    async executed() {
      const { version } = await makeSchema(connection);
      return STEPS.slice(0, version).map(({ name }) => name);
    },
    async logMigration({ name }) {
      const version = versionOf(name);
      const held = await schema.findOne({ _id: "schema", holder });
      if (!held) throw new LeaseLost();
      if (held.version >= version) return;
      const raised = { $set: { version, oldest: (STEPS[version - 1] as Step).oldest } };
      const { matchedCount } = await schema.updateOne({ _id: "schema", holder, version: version - 1 }, raised);
      if (matchedCount === 0) throw new LeaseLost();
    },
    async unlogMigration() {
      throw new Error("migrations go forward only: the way back is the backup");
    },
  };
}
