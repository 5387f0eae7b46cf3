import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { Config } from "../config.ts";
import { fonts } from "../documents/fonts.ts";
import { Conflict } from "../errors.ts";
import { type Geocoder, NO_GEOCODER } from "../geocoder/geocoder.ts";
import { createTencentGeocoder } from "../geocoder/tencent.ts";
import { createInsurerClient, type InsurerClient } from "../insurers/client.ts";
import { createLog } from "../log.ts";
import { openDatabase } from "../open-database.ts";
import { createPhotos } from "../photos/photos.ts";
import { createBucket } from "../store/bucket.ts";
import { openClock } from "../store/database-clock.ts";
import { type DatabaseFacts, readDatabaseFacts } from "../store/database-facts.ts";
import { LIMITS } from "../store/limits.ts";
import { createRoomWatch } from "../store/room-watch.ts";
import { SYSTEM_TIMER, type Timer } from "../timer.ts";
import { readUpgradeState, type UpgradeState } from "../upgrade-state.ts";
import { createWechatApi, type WechatApi } from "../wechat/api/client.ts";
import { createFreshTokens, NO_QUOTAS } from "./fresh-tokens.ts";

/**
 * What the checks look at: the settings, and hands like the service's, each used only when asked for.
 */
export interface Patient {
  config: Config;
  timer: Timer;
  /** whether the operator allows signed test events to the insurers */
  isPinging: boolean;
  /** trusted beside the system's authorities */
  ca?: string | undefined;
  now(): Date;
  /** Connects and asks once. Throws a DatabaseFault that says the cause. */
  database(): Promise<DatabaseFacts>;
  /** how far the database is from what this program needs */
  upgrade(): Promise<UpgradeState>;
  wechat: WechatApi;
  insurers: Pick<InsurerClient, "post">;
  geocoder: Geocoder;
  /** Writes, reads and deletes a file in the bucket. Throws Upstream "bucket-…". */
  tryBucket(): Promise<void>;
  /** whether the packages that read plates are installed and run here, and why pictures are not isolated */
  reader(): Promise<{ isAvailable: boolean; noWall: string | null }>;
  fonts(): Promise<unknown>;
  /** room where this process writes; null: not told */
  freeMb(): Promise<number | null>;
  /** Returns a field of the last line that was logged of an event. */
  logged(event: string, field: string): string | null;
  close(): Promise<void>;
}

export interface PatientOptions {
  isPinging: boolean;
  ca?: string | undefined;
}

export function createPatient(config: Config, { isPinging, ca }: PatientOptions): Patient {
  const lines: Record<string, unknown>[] = [];
  const log = createLog("info", { write: (line) => void lines.push(JSON.parse(line)) });
  const timer = SYSTEM_TIMER;
  const now = () => new Date();
  const closing: (() => Promise<void> | void)[] = [];
  let differenceMs = 0;
  const databaseNow = () => new Date(Date.now() + differenceMs);
  const openFacts = async (): Promise<DatabaseFacts> => {
    const options = { log, room: createRoomWatch({ log, now }), limits: LIMITS };
    const open = (uri?: string) => openDatabase(config, { ...options, uri });
    // While the server runs it owns the embedded database's folder: then its socket there is used.
    const { connection, close } = await open().catch((error) => {
      if (error instanceof Conflict && typeof error.details.uri === "string") return open(error.details.uri);
      throw error;
    });
    closing.push(close);
    const clock = await openClock({ connection, log }, {});
    differenceMs = clock.differenceMs();
    clock.close();
    const { data, otherData } = config.keys;
    return readDatabaseFacts(connection, { dataKeys: otherData ? [data, otherData] : [data], differenceMs });
  };
  const database = once(openFacts);
  const upgrade = once(() => readUpgradeState(config, { log }));
  const { wechat, publicUrl, keys, geocoder } = config;
  const api = createWechatApi({
    ...{ baseUrls: wechat.apiUrls, openUrl: wechat.openUrl, appid: wechat.appid, secret: wechat.secret, publicUrl },
    ...{ tokens: createFreshTokens(), quotas: NO_QUOTAS, clock: { now }, timer, log },
  });
  const named = geocoder ? createTencentGeocoder({ ...geocoder, now, timer, log }) : NO_GEOCODER;
  closing.push(api.close, named.close);
  const logged: Patient["logged"] = (event, field) => {
    const line = lines.findLast(({ msg }) => msg === event);
    return line?.[field] === undefined ? null : String(line[field]);
  };
  return {
    ...{ config, timer, isPinging, ca, now, database, upgrade, logged, fonts },
    wechat: api,
    insurers: createInsurerClient({ ...config, sessionKeys: [keys.session], clock: { now: databaseNow }, timer, log }),
    geocoder: named,
    tryBucket: () => tryBucket(config),
    reader: once(() => tryReader(config, log, logged)),
    freeMb: () => freeMb(config.mongodbUri ? tmpdir() : config.dataDir),
    async close() {
      for (const close of closing) await close();
    },
  };
}

async function tryBucket({ bucket: settings }: Config): Promise<void> {
  if (!settings) return;
  const bucket = await createBucket(settings);
  try {
    await bucket.check();
  } finally {
    bucket.close();
  }
}

async function tryReader(
  { photos: { reader } }: Config,
  log: ReturnType<typeof createLog>,
  logged: Patient["logged"],
): Promise<{ isAvailable: boolean; noWall: string | null }> {
  const photos = createPhotos({ readPlates: reader, log });
  try {
    const isAvailable = await photos.plates.isAvailable().catch(() => false);
    return { isAvailable, noWall: logged("photos.no-wall", "reason") };
  } finally {
    await photos.close();
  }
}

async function freeMb(folder: string): Promise<number | null> {
  const room = await statfs(folder).catch(() => null);
  return room && Math.floor((room.bavail * room.bsize) / 1024 / 1024);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
