import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { it } from "node:test";
import { loadConfig } from "../src/config.ts";
import { createLog } from "../src/log.ts";
import { openDatabase } from "../src/open-database.ts";
import { guardOf } from "../src/store/connect.ts";
import { BUSY_CONNECT_MS, LIMITS } from "../src/store/limits.ts";
import { createRoomWatch } from "../src/store/room-watch.ts";
import { temporaryFolder } from "./support/temporary-folder.ts";

it("the embedded database may be silent while it builds an index, and nothing under way is ended", async () => {
  const dataDir = temporaryFolder("embedded");
  const log = createLog("silent");
  const room = createRoomWatch({ log, now: () => new Date() });
  const config = await loadConfig({ DATA_DIR: dataDir, LOG_LEVEL: "silent" });
  const database = await openDatabase(config, { uri: undefined, log, room, limits: LIMITS });
  try {
    // the driver ends all commands of a server that leaves its heartbeat without an answer for so long
    assert.equal(guardOf(database.connection).db.client.options.connectTimeoutMS, BUSY_CONNECT_MS);
  } finally {
    await database.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
