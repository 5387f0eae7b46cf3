import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import type { Config } from "./config.ts";
import { createDocuments, type Documents } from "./documents/documents.ts";
import { startEmbedded } from "./embedded/embedded.ts";
import { createHealth, type Health } from "./health.ts";
import { createInsurerClient, type InsurerClient } from "./insurers/client.ts";
import { createLog, type Log } from "./log.ts";
import { createPhotos, type Photos } from "./photos/photos.ts";
import { createRender, type Render } from "./render.ts";
import { type Accidents, createAccidents } from "./store/accidents.ts";
import { type Blobs, createBlobs } from "./store/blobs.ts";
import { connect, isReady } from "./store/connect.ts";
import { type Counters, createCounters } from "./store/counters.ts";
import { createDeliveries, type Deliveries } from "./store/deliveries.ts";
import { createInbox } from "./store/inbox.ts";
import { createNotices, type Notices } from "./store/notices.ts";
import { createPeople, type People } from "./store/people.ts";
import { createPhotoHashes, type PhotoHashes } from "./store/photo-hashes.ts";
import { createRetention, type Retention } from "./store/retention.ts";
import { createTokens } from "./store/tokens.ts";
import { createTries, type Tries } from "./store/tries.ts";
import { createUploads, type Uploads } from "./store/uploads.ts";
import { createVault, type Vault } from "./store/vault.ts";
import { createWechatApi, type WechatApi } from "./wechat/api/client.ts";
import { type CustomerQuota, createQuota, SAY_WINDOWS } from "./wechat/api/quota.ts";
import type { InboxStore } from "./wechat/inbox.ts";

export interface Clock {
  now(): Date;
}

/** Everything that the doors, the actions and the jobs work with. Made in one place; a test passes overrides. */
export interface Context {
  config: Config;
  log: Log;
  clock: Clock;
  /** unguessable, URL-safe, `bytes` of entropy (16 unless told) */
  randomId(bytes?: number): string;
  render: Render;

  vault: Vault;
  accidents: Accidents;
  people: People;
  blobs: Blobs;
  photoHashes: PhotoHashes;
  uploads: Uploads;
  counters: Counters;
  inbox: InboxStore;
  deliveries: Deliveries;
  notices: Notices;
  tries: Tries;
  retention: Retention;
  /** reachable right now? */
  databaseReady(): Promise<boolean>;
  /** values for `/readyz`: whoever has one adds it here */
  health: Health;

  wechat: WechatApi;
  quota: CustomerQuota;
  insurers: InsurerClient;
  photos: Photos;
  documents: Documents;

  /** Told after an action has put something into an outbox: the jobs need not wait for their next round. */
  wake(): void;
  onWake(listener: () => void): void;
  close(): Promise<void>;
}

export type Overrides = Partial<Pick<Context, "clock" | "log">> & { databaseUri?: string };

/** Opens the database (MONGODB_URI, else the embedded default) and makes everything. `close` ends what was opened, in reverse. */
export async function createContext(config: Config, overrides: Overrides = {}): Promise<Context> {
  const log = overrides.log ?? createLog(config.logLevel);
  const clock = overrides.clock ?? { now: () => new Date() };
  const now = () => clock.now();
  const database = await openDatabase(config, overrides.databaseUri);
  const { connection, door } = database;
  const vault = createVault(config.keys.data);
  const blobs = await createBlobs(connection, { vault, now, settings: config, door }).catch(async (error) => {
    await database.close();
    throw error;
  });
  const health = createHealth();
  health.add("damagedFiles", () => blobs.scrub.countDamaged());
  const wakes = new EventEmitter();
  const wake = () => void wakes.emit("wake");
  const tries = await createTries(connection);
  const people = createPeople({ connection, vault, now, openings: SAY_WINDOWS });
  const quotas = { ...people, ...tries };
  const wechat = createWechatApi({
    baseUrls: config.wechat.apiUrls,
    openUrl: config.wechat.openUrl,
    appid: config.wechat.appid,
    secret: config.wechat.secret,
    publicUrl: config.publicUrl,
    tokens: createTokens(connection, vault, now),
    quotas,
    clock,
    log,
    ocrPerDay: config.wechat.ocrPerDay,
  });
  const deliveries = await createDeliveries({ connection, clock, offsetMs: overrides.clock ? 0 : undefined });
  health.add("dueForS", () => deliveries.findDueForS());
  const insurers = createInsurerClient({ ...config, sessionKey: config.keys.session, clock, log });
  health.add("insurers", () => insurers.openCircuits());
  const render = createRender();
  const photos = createPhotos({ readPlates: config.photos.reader, log });
  return {
    config,
    log,
    clock,
    randomId: (bytes = 16) => randomBytes(bytes).toString("base64url"),
    render,
    vault,
    accidents: wakingAfterChange(await createAccidents(connection, vault, config.rules.catalogue, now), wake),
    people,
    blobs,
    uploads: await createUploads(connection, vault, now),
    photoHashes: await createPhotoHashes(connection),
    counters: createCounters(connection),
    inbox: await createInbox(connection, vault, now),
    deliveries,
    notices: await createNotices(connection, now),
    tries,
    retention: createRetention(connection, blobs),
    databaseReady: () => isReady(connection),
    health,
    wechat,
    quota: createQuota({ store: quotas }),
    insurers,
    photos,
    documents: createDocuments(render),
    wake,
    onWake: (listener) => void wakes.on("wake", listener),
    async close() {
      wakes.removeAllListeners();
      wechat.close();
      await photos.close();
      await database.close();
    },
  };
}

async function openDatabase(config: Config, override: string | undefined) {
  const uri = override ?? config.mongodbUri;
  const embedded = uri ? null : await startEmbedded({ dir: `${config.dataDir}/database` });
  const connection = await connect(uri ?? (embedded?.socketUri as string));
  return {
    connection,
    door: embedded ?? undefined,
    async close() {
      await connection.close();
      await embedded?.close();
    },
  };
}

function wakingAfterChange(accidents: Accidents, wake: () => void): Accidents {
  return {
    ...accidents,
    async change(id, decide) {
      const after = await accidents.change(id, decide);
      wake();
      return after;
    },
  };
}
