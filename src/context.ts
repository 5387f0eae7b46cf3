import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { type Config, ConfigFault } from "./config.ts";
import { createDocuments, type Documents } from "./documents/documents.ts";
import { createHealth, type Health } from "./health.ts";
import { readRelease } from "./http/asset-files.ts";
import { createInsurerClient, type InsurerClient } from "./insurers/client.ts";
import { createLog, type Log } from "./log.ts";
import { openDatabase } from "./open-database.ts";
import { createPhotos, type Photos } from "./photos/photos.ts";
import { createRefusals, type Refusals } from "./refusals.ts";
import { createRender, type Render } from "./render.ts";
import { createSingleFlight, type SingleFlight } from "./single-flight.ts";
import { createAccidentReader } from "./store/accident-reader.ts";
import { type Accidents, createAccidents } from "./store/accidents.ts";
import { type Blobs, createBlobs } from "./store/blobs.ts";
import { guardOf, startFaultOf } from "./store/connect.ts";
import { type Counters, createCounters } from "./store/counters.ts";
import { type DatabaseClock, openClock } from "./store/database-clock.ts";
import { createDeliveries, type Deliveries } from "./store/deliveries.ts";
import { createErasures, type Erasures } from "./store/erasures.ts";
import { createInbox } from "./store/inbox.ts";
import { isKeyOf } from "./store/key-check.ts";
import { type DatabaseLimits, LIMITS } from "./store/limits.ts";
import { createLookups } from "./store/lookups.ts";
import { migrate, refuseNewer } from "./store/migrate.ts";
import { createLegacySeals } from "./store/migrations/legacy-seals.ts";
import { createNotices, type Notices } from "./store/notices.ts";
import { createPeople, type People } from "./store/people.ts";
import { createPersonCases } from "./store/person-cases.ts";
import { createPhotoHashes, type PhotoHashes } from "./store/photo-hashes.ts";
import { createReleases, type Release, type Releases } from "./store/releases.ts";
import { createRetention, type Retention } from "./store/retention.ts";
import { createRoomWatch } from "./store/room-watch.ts";
import { createTokens } from "./store/tokens.ts";
import { createTries, type Tries } from "./store/tries.ts";
import { createUploads, type Uploads } from "./store/uploads.ts";
import { createVault, type Vault } from "./store/vault.ts";
import { wakingAfterChange } from "./store/waking-accidents.ts";
import { createWitness, type Witness } from "./store/witness.ts";
import { SYSTEM_TIMER, type Timer, within } from "./timer.ts";
import { createWechatApi, type WechatApi } from "./wechat/api/client.ts";
import { type CustomerQuota, createQuota, SAY_WINDOWS } from "./wechat/api/quota.ts";
import type { InboxStore } from "./wechat/inbox.ts";

export interface Clock {
  now(): Date;
}

/** Everything that doors, actions and jobs work with. Made in one place; a test passes overrides. */
export interface Context {
  config: Config;
  log: Log;
  /** The time for everything: the database's, so that records of several machines are comparable. */
  clock: Clock;
  /** the same clock, and the difference of this machine's own */
  databaseClock: DatabaseClock;
  /** runs time-outs; a test passes its own */
  timer: Timer;
  /** unguessable and URL-safe; `bytes` of entropy, default 16 */
  randomId(bytes?: number): string;
  /** joins equal calls of one moment within this process */
  singleFlight: SingleFlight;
  render: Render;
  /** the files that this process's pages load */
  release: Release;
  releases: Releases;

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
  erasures: Erasures;
  /** the time to rely on where something is erased */
  witness: Witness;
  /** True when the database answers in time, asked as a push or a page does. */
  databaseReady(): Promise<boolean>;
  /** True when the database is unreachable, or was slow within the last seconds. */
  databaseIsSlow(): boolean;
  /** values for `/readyz`: whoever has one adds it here */
  /** What the doors for machines refuse. */
  refusals: Refusals;
  health: Health;

  wechat: WechatApi;
  quota: CustomerQuota;
  insurers: InsurerClient;
  photos: Photos;
  documents: Documents;

  /** Called after a change with an outbox entry, so that the jobs need not wait for their next round. */
  wake(): void;
  onWake(listener: () => void): void;
  close(): Promise<void>;
}

export interface Overrides {
  log?: Log;
  databaseUri?: string;
  /** this machine's clock; without `databaseClock` also the database's */
  clock?: Clock;
  /** `measured`: as without overrides */
  databaseClock?: Clock | "measured";
  timer?: Timer;
  /** of picture processes; a test on a busy machine runs them at normal priority */
  pictureNiceness?: number;
  limits?: Partial<DatabaseLimits>;
  /** runs the time-outs of database commands */
  databaseTimer?: Timer;
}

/** A lease, or the first attempts after a temporary fault, are no delay. */
const A_MINUTE_MS = 60_000;

const WRONG_KEY =
  "DATA_KEY: is not the key under which this database was written; give the right one, or another database (MONGODB_URI, DATA_DIR)";

/** Opens the database (MONGODB_URI, else the embedded one) and creates everything; `close` ends it all. */
export async function createContext(config: Config, overrides: Overrides = {}): Promise<Context> {
  const mongodbUri = overrides.databaseUri ?? config.mongodbUri;
  return open(config, overrides).catch((error) => {
    throw startFaultOf(error, { ...config, mongodbUri }) ?? error;
  });
}

async function open(config: Config, overrides: Overrides): Promise<Context> {
  const log = overrides.log ?? createLog(config.logLevel);
  const limits = { ...LIMITS, ...overrides.limits };
  const room = createRoomWatch({ log, now: () => new Date() });
  const timings = { limits, timer: overrides.databaseTimer };
  const database = await openDatabase(config, { uri: overrides.databaseUri, log, room, ...timings });
  const { connection } = database;
  const databaseClock = await openClock({ connection, log }, overrides);
  const clock: Clock = databaseClock;
  const timer = overrides.timer ?? SYSTEM_TIMER;
  const now = () => clock.now();
  const vault = createVault(config.keys.data);
  const closeStore = async () => {
    databaseClock.close();
    await database.close();
  };
  const legacy = createLegacySeals(config.keys.data);
  const openBlobs = async (): Promise<Blobs> => {
    await refuseNewer(connection);
    if (!(await isKeyOf(connection, vault, legacy))) throw new ConfigFault([WRONG_KEY]);
    const made = await createBlobs(connection, { vault, now, settings: config, room });
    await migrate({ connection, vault, legacy, blobs: made, now, log });
    return made;
  };
  const blobs = await openBlobs().catch(async (error) => {
    await closeStore();
    throw error;
  });
  const reader = createAccidentReader(vault, log);
  const health = createHealth(timer);
  health.add("unreadableCases", () => reader.countUnreadable());
  health.add("clockDifferenceMs", () => databaseClock.differenceMs());
  health.add("storage", () => ({ fullSince: room.fullSince(), freeMb: database.freeMb() }));
  health.add("damagedFiles", () => blobs.scrub.countDamaged());
  const refusals = createRefusals({ log, timer });
  health.add("refused", () => refusals.counts());
  const wakes = new EventEmitter();
  const wake = () => void wakes.emit("wake");
  const lookups = await createLookups(connection, vault);
  const personCases = createPersonCases(connection, vault);
  const retention = await createRetention(connection, { blobs, lookups, personCases });
  const erasures = createErasures(connection);
  const witness = createWitness({ connection, clock: databaseClock, log });
  health.add("erasure", async () => {
    const [time, marked, today] = await Promise.all([witness.state(), retention.countMarked(), erasures.of(now())]);
    return { ...time, marked, today };
  });
  const tries = await createTries(connection);
  const people = createPeople({ connection, vault, now, openings: SAY_WINDOWS, personCases });
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
    timer,
    log,
    ocrPerDay: config.wechat.ocrPerDay,
  });
  const deliveries = await createDeliveries({ connection, clock });
  health.add("delayedPhotos", () => deliveries.countDueAfter("photo", new Date(now().getTime() + A_MINUTE_MS)));
  health.add("dueForS", () => deliveries.findDueForS());
  health.add("unreadPlates", () => deliveries.countUnread());
  health.add("heldClaims", () => deliveries.countHeld("claim"));
  health.add("papersMissing", () => deliveries.countFailing("document", 3));
  const insurers = createInsurerClient({
    ...config,
    sessionKey: config.keys.session,
    clock,
    timer,
    machineDiffersMs: () => databaseClock.differenceMs(),
    log,
  });
  health.add("insurers", () => insurers.openCircuits());
  const release = readRelease();
  const render = createRender({ assets: `/assets/${release.hash}` }, !config.production);
  const { catalogue } = config.rules;
  const accidents = await createAccidents({ connection, vault, now, catalogue, reader, lookups, personCases });
  const photos = createPhotos({
    readPlates: config.photos.reader,
    hidden: hiddenFromPictures(config),
    log,
    timer,
    niceness: overrides.pictureNiceness,
  });
  return {
    config,
    log,
    clock,
    databaseClock,
    timer,
    randomId: (bytes = 16) => randomBytes(bytes).toString("base64url"),
    singleFlight: createSingleFlight(),
    render,
    release,
    releases: createReleases(connection, now),
    vault,
    accidents: wakingAfterChange(accidents, wake),
    people,
    blobs,
    uploads: await createUploads(connection, vault, now),
    photoHashes: await createPhotoHashes(connection),
    counters: createCounters(connection),
    inbox: await createInbox(connection, vault, now),
    deliveries,
    notices: await createNotices(connection, now),
    tries,
    retention,
    erasures,
    witness,
    databaseReady: () =>
      within(
        accidents.findByPerson({ id: "readyz" }).then(
          () => true,
          () => false,
        ),
        { timer, ms: limits.readyMs },
        () => false,
      ),
    databaseIsSlow: () => guardOf(connection).isSlow,
    health,
    refusals,
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
      await closeStore();
    },
  };
}

/** Files that a compromised picture decoder must not read. */
const hiddenFromPictures = ({ dataDir, secretFiles }: Config): string[] => [
  ...secretFiles,
  `${dataDir}/database`,
  `${dataDir}/development-keys.json`,
];
