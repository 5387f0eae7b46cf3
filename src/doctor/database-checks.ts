import { StartFault } from "../errors.ts";
import { CLOCKS_AGREE_MS } from "../store/database-clock.ts";
import type { DatabaseFacts } from "../store/database-facts.ts";
import { SCHEMA_VERSION } from "../store/shapes.ts";
import { hostsOf } from "../store/uri-options.ts";
import { type Check, type Finding, fail, ok, warn } from "./check.ts";
import type { Patient } from "./patient.ts";

/** The oldest release that MongoDB still maintains. */
const OLDEST = 7;
/** The smallest replica set that keeps a majority when it loses a member. */
const MEMBERS = 3;
/** Difference of the clocks beyond which no case is ended and none erased. */
const ENDINGS_STOP_MS = 5 * 60_000;
const LITTLE_SHARE = 0.15;
const NEARLY_NOTHING_MB = 1_024;

async function reachable({ config, database }: Patient): Promise<Finding> {
  try {
    await database();
  } catch (error) {
    if (!(error instanceof StartFault)) throw error;
    return fail("database-away", "database-away", { fault: error.message });
  }
  return config.mongodbUri ? ok("database", { hosts: hostsOf(config.mongodbUri) }) : ok("database-embedded");
}

export function version({ version: text }: DatabaseFacts): Finding {
  if (text === null) return warn("version-unknown", "version");
  return Number.parseInt(text, 10) < OLDEST
    ? warn("version-old", "version", { version: text })
    : ok("version", { version: text });
}

export function replicaSet({ setName, members }: DatabaseFacts): Finding {
  if (setName === null) return warn("no-replica-set", "replica-set");
  const params = { name: setName, members };
  return members < MEMBERS ? warn("replica-set-small", "replica-set", params) : ok("replica-set", params);
}

export const writes = ({ writeFault: code }: DatabaseFacts): Finding =>
  code === null ? ok("writes") : fail("writes-fail", "writes", { code });

export function clock({ differenceMs }: DatabaseFacts): Finding {
  const params = { s: Math.round(differenceMs / 1_000) };
  const apart = Math.abs(differenceMs);
  if (apart > ENDINGS_STOP_MS) return fail("clock-differs", "clock", params);
  return apart > CLOCKS_AGREE_MS ? warn("clock-differs", "clock", params) : ok("clock", params);
}

/** In production a start changes nothing; elsewhere it brings the database to the version of the program. */
async function schema({ database, config }: Patient): Promise<Finding> {
  const { schemaVersion: is, schemaOldest: oldest } = await database();
  const params = { is: is ?? 0, knows: SCHEMA_VERSION };
  if ((oldest ?? 0) > SCHEMA_VERSION) return fail("schema-newer", "schema-newer", params);
  if (config.production && (is ?? 0) < SCHEMA_VERSION) return fail("schema-behind", "migrate", params);
  if (is === null) return ok("schema-new");
  return is < SCHEMA_VERSION ? warn("schema-older", "schema-older", params) : ok("schema", params);
}

async function indexes({ upgrade, config }: Patient): Promise<Finding> {
  const { indexes: missing } = await upgrade();
  const [first] = missing;
  if (first === undefined) return ok("indexes");
  return (config.production ? fail : warn)("indexes-missing", "migrate", { count: missing.length, first });
}

export function key({ isKey }: DatabaseFacts): Finding {
  if (isKey === false) return fail("key-wrong", "key");
  return ok(isKey ? "key" : "key-new");
}

export function disk({ room }: DatabaseFacts): Finding {
  if (!room) return ok("disk-untold");
  const params = { freeGb: (room.freeMb / 1_024).toFixed(1), totalGb: (room.totalMb / 1_024).toFixed(1) };
  if (room.freeMb < NEARLY_NOTHING_MB) return fail("database-disk-full", "database-disk", params);
  return room.freeMb < room.totalMb * LITTLE_SHARE
    ? warn("database-disk-low", "database-disk", params)
    : ok("database-disk", params);
}

const of = (look: (facts: DatabaseFacts) => Finding) => ({
  needs: ["database"],
  run: async ({ database }: Patient) => look(await database()),
});

/** What an embedded database is and has, it has from this program. */
export const databaseChecks = (isEmbedded: boolean): Check[] => [
  { name: "database", run: reachable },
  ...(isEmbedded
    ? []
    : [
        { name: "database.version", ...of(version) },
        { name: "database.replica-set", ...of(replicaSet) },
        { name: "database.disk", ...of(disk) },
      ]),
  { name: "database.writes", ...of(writes) },
  { name: "database.clock", ...of(clock) },
  { name: "database.schema", needs: ["database"], run: schema },
  { name: "keys.data", ...of(key) },
  ...(isEmbedded
    ? []
    : [{ name: "database.indexes", needs: ["database", "database.schema", "keys.data"], run: indexes }]),
];
