import { type Config, ConfigFault } from "./config.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { openDatabase } from "./open-database.ts";
import type { Overrides, Upgrade } from "./overrides.ts";
import { createBlobs } from "./store/blobs.ts";
import { openClock } from "./store/database-clock.ts";
import { createIndexBook } from "./store/index-book.ts";
import { compareKey, isKeyOf } from "./store/key-check.ts";
import { LIMITS } from "./store/limits.ts";
import { migrate } from "./store/migrate.ts";
import { createLegacySeals } from "./store/migrations/legacy-seals.ts";
import { refuseUnfinished } from "./store/restoring.ts";
import { createRoomWatch } from "./store/room-watch.ts";
import { readSchema, refuseNewer, refuseOlder, refuseWithout } from "./store/schema-state.ts";
import { createVault } from "./store/vault.ts";

const WRONG_KEY =
  "DATA_KEY: is not the key under which this database was written; give the right one, or another database (MONGODB_URI, DATA_DIR)";

export type OpenStore = Awaited<ReturnType<typeof openStore>>;

/**
 * Opens the database (MONGODB_URI, else the embedded one) and checks its key. Outside production it is
 * brought to the present schema; in production one that is not there is refused. `close` ends it all.
 */
export async function openStore(config: Config, overrides: Overrides, log: Log, metrics: Metrics) {
  const limits = { ...LIMITS, ...overrides.limits };
  const upgrade: Upgrade = overrides.upgrade ?? { mode: config.production ? "check" : "build" };
  const indexes = createIndexBook({ ...upgrade, builds: upgrade.mode === "build" });
  const room = createRoomWatch({ log, now: () => new Date() });
  const timings = { limits, timer: overrides.databaseTimer, noteCommand: metrics.databaseCommand };
  const database = await openDatabase(config, { uri: overrides.databaseUri, log, room, indexes, ...timings });
  const { connection } = database;
  const databaseClock = await openClock({ connection, log }, overrides);
  const now = () => databaseClock.now();
  const others = config.keys.otherData ? [config.keys.otherData] : [];
  const vault = createVault(config.keys.data, others);
  const close = async () => {
    databaseClock.close();
    await database.close();
  };
  const openBlobs = async () => {
    const legacy = createLegacySeals(config.keys.data, others);
    if (!overrides.isRestoring) await refuseUnfinished(connection);
    const schema = await readSchema(connection);
    refuseNewer(schema);
    const isKey = upgrade.mode === "look" ? compareKey : isKeyOf;
    if ((await isKey(connection, vault, legacy)) === false) throw new ConfigFault([WRONG_KEY]);
    if (upgrade.mode === "check") refuseOlder(schema);
    const made = await createBlobs(connection, { vault, now, settings: config, room });
    const tools = { vault, legacy, blobs: made, catalogue: config.rules.catalogue };
    if (upgrade.mode === "build") await migrate({ connection, ...tools, now, log, ...upgrade });
    return made;
  };
  const blobs = await openBlobs().catch(async (error) => {
    await close();
    throw error;
  });
  const storage = () => ({ fullSince: room.fullSince(), freeMb: database.freeMb() });
  const missingIndexes = () => indexes.missing();
  /** Call it when the stores have asked for theirs. */
  const requireIndexes = () => {
    if (upgrade.mode === "check") refuseWithout(missingIndexes());
  };
  return { connection, limits, databaseClock, now, vault, blobs, storage, missingIndexes, requireIndexes, close };
}
