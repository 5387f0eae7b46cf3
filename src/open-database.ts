import type { Config } from "./config.ts";
import { loadEmbedded } from "./embedded/load.ts";
import { type ConnectOptions, connect } from "./store/connect.ts";
import { BUSY_CONNECT_MS, type DatabaseLimits } from "./store/limits.ts";
import type { RoomWatch } from "./store/room-watch.ts";

const MB = 1024 * 1024;

/** Connects to MONGODB_URI, else to the embedded database, which is started first. `close` ends both. */
export async function openDatabase(
  config: Config,
  { uri: override, ...options }: ConnectOptions & { uri: string | undefined; limits: DatabaseLimits; room: RoomWatch },
) {
  const uri = override ?? config.mongodbUri;
  const dir = `${config.dataDir}/database`;
  const embedded = uri ? null : await (await loadEmbedded()).startEmbedded({ dir, port: config.embeddedPort });
  const limits = embedded ? { ...options.limits, connectMs: BUSY_CONNECT_MS } : options.limits;
  const connection = await connect(uri ?? (embedded?.uri as string), { ...options, limits });
  return {
    connection,
    /**
     * of the embedded database's disk; null where the database is another's, or its file system does not tell
     */
    freeMb(): number | null {
      const free = embedded ? embedded.room().freeBytes / MB : Number.POSITIVE_INFINITY;
      return Number.isFinite(free) ? Math.floor(free) : null;
    },
    async close() {
      await connection.close();
      await embedded?.close();
    },
  };
}
