import { randomBytes } from "node:crypto";
import { EventEmitter } from "node:events";
import { type Credentials, createCredentials } from "./accounts/credentials.ts";
import type { Config } from "./config.ts";
import { createCollections } from "./create-collections.ts";
import { createDocuments, type Documents } from "./documents/documents.ts";
import { missingYear } from "./domain/working-days.ts";
import { type Geocoder, NO_GEOCODER } from "./geocoder/geocoder.ts";
import { createTencentGeocoder } from "./geocoder/tencent.ts";
import { createHealth, type Health } from "./health.ts";
import { addStoreValues } from "./health-values.ts";
import { readRelease } from "./http/asset-files.ts";
import { sessionKeysOf } from "./http/cookies.ts";
import { createEventStreams, type EventStreams } from "./http/event-stream.ts";
import { createInsurerClient, type InsurerClient } from "./insurers/client.ts";
import { createHub, type Hub } from "./live/hub.ts";
import { createLog, type Log } from "./log.ts";
import { addMetricValues } from "./metric-values.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { openStore } from "./open-store.ts";
import type { Clock, Overrides } from "./overrides.ts";
import { createPhotos, type Photos } from "./photos/photos.ts";
import { createRefusals, type Refusals } from "./refusals.ts";
import { createRender, type Render } from "./render.ts";
import { createSingleFlight, type SingleFlight } from "./single-flight.ts";
import type { AccessLog } from "./store/access-log.ts";
import type { Accidents } from "./store/accidents.ts";
import type { Audits } from "./store/audits.ts";
import type { Blobs } from "./store/blobs.ts";
import { connectionCountsOf, guardOf, startFaultOf } from "./store/connect.ts";
import type { Counters } from "./store/counters.ts";
import type { DatabaseClock } from "./store/database-clock.ts";
import type { Deliveries } from "./store/deliveries.ts";
import type { Disputes } from "./store/disputes.ts";
import type { ErasedList } from "./store/erased.ts";
import type { Erasures } from "./store/erasures.ts";
import type { FeedbackStore } from "./store/feedback.ts";
import type { Inspection } from "./store/inspection.ts";
import type { Leases } from "./store/leases.ts";
import type { LetterNumbers } from "./store/letter-numbers.ts";
import type { Notices } from "./store/notices.ts";
import type { OfficerSessions } from "./store/officer-sessions.ts";
import type { Officers } from "./store/officers.ts";
import type { People } from "./store/people.ts";
import type { PhotoHashes } from "./store/photo-hashes.ts";
import type { KeptCounts } from "./store/queue-counts.ts";
import type { Release, Releases } from "./store/releases.ts";
import type { Retention } from "./store/retention.ts";
import type { Rewrap } from "./store/rewrap.ts";
import type { SpareMarks } from "./store/spare-marks.ts";
import type { Tries } from "./store/tries.ts";
import type { Uploads } from "./store/uploads.ts";
import type { Vault } from "./store/vault.ts";
import { wakingAfterChange } from "./store/waking-accidents.ts";
import type { Witness } from "./store/witness.ts";
import { type Limit, SYSTEM_TIMER, type Timer, within } from "./timer.ts";
import { createWechatApi, type WechatApi, type WechatApiOptions } from "./wechat/api/client.ts";
import { type CustomerQuota, createQuota } from "./wechat/api/quota.ts";
import type { InboxStore } from "./wechat/inbox.ts";

export type { Clock, Overrides } from "./overrides.ts";

/** Everything that doors, actions and jobs work with. Made in one place; a test passes overrides. */
export interface Context {
  config: Config;
  log: Log;
  metrics: Metrics;
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
  feedback: FeedbackStore;
  uploads: Uploads;
  counters: Counters;
  inbox: InboxStore;
  deliveries: Deliveries;
  notices: Notices;
  tries: Tries;
  retention: Retention;
  spareMarks: SpareMarks;
  leases: Leases;
  keptCounts: KeptCounts;
  erasures: Erasures;
  erased: ErasedList;
  inspection: Inspection;
  rewrap: Rewrap;
  officers: Officers;
  officerSessions: OfficerSessions;
  accessLog: AccessLog;
  letterNumbers: LetterNumbers;
  disputes: Disputes;
  audits: Audits;
  /** the time to rely on where something is erased */
  witness: Witness;
  /** True when the database answers in time, asked as a push or a page does. */
  databaseReady(): Promise<boolean>;
  /** True when the database is unreachable, or was slow within the last seconds. */
  databaseIsSlow(): boolean;
  /** What the doors for machines refuse. */
  refusals: Refusals;
  /** values for `/readyz`: whoever has one adds it here */
  health: Health;

  wechat: WechatApi;
  quota: CustomerQuota;
  insurers: InsurerClient;
  photos: Photos;
  geocoder: Geocoder;
  documents: Documents;
  credentials: Credentials;

  /** tells open pages of changes, whichever process made them */
  hub: Hub;
  /** streams to the open pages that this process serves */
  streams: EventStreams;

  /**
   * Called after a change with an outbox entry, or to deliveries themselves, so that the jobs need not wait
   * for their next round.
   */
  wake(what?: Woken): void;
  onWake(listener: (what: Woken) => void): void;
  close(): Promise<void>;
}

export type Woken = "outbox" | "deliveries";

/** Opens the database (MONGODB_URI, else the embedded one) and creates everything; `close` ends it all. */
export async function createContext(config: Config, overrides: Overrides = {}): Promise<Context> {
  const mongodbUri = overrides.databaseUri ?? config.mongodbUri;
  return open(config, overrides).catch((error) => {
    throw startFaultOf(error, { ...config, mongodbUri }) ?? error;
  });
}

async function open(config: Config, overrides: Overrides): Promise<Context> {
  const log = overrides.log ?? createLog(config.logLevel);
  const timer = overrides.timer ?? SYSTEM_TIMER;
  const metrics = createMetrics({ ofProcess: config.metrics.port !== null });
  const store = await openStore(config, overrides, log, metrics);
  const { connection, databaseClock, vault, blobs } = store;
  const made = await createCollections(config, store, log).catch(async (error) => {
    await store.close();
    throw error;
  });
  const { reader: _, tokens, ...collections } = made;
  const quotas = { ...made.people, ...made.tries };
  const base = { config, log, metrics, clock: databaseClock, databaseClock, timer };
  const hands = createHands(base, { tokens, quotas, niceness: overrides.pictureNiceness });
  const refusals = createRefusals({ log, timer });
  const health = createHealth(timer);
  health.add("roles", () => config.roles);
  addStoreValues(health, store, made);
  health.add("refused", () => refusals.counts());
  health.add("calendarYearMissing", () => missingYear(config.rules.calendar, databaseClock.now()));
  health.add("insurers", () => hands.insurers.openCircuits());
  const wakes = new EventEmitter();
  const wake = (what: Woken = "outbox") => void wakes.emit("wake", what);
  const live = createLive(base, made, wake);
  health.add("openPages", () => live.streams.count());
  const databaseIsSlow = () => guardOf(connection).isSlow;
  const connections = () => connectionCountsOf(connection);
  addMetricValues({ ...base, ...collections, ...hands, ...live, refusals, databaseIsSlow, connections });
  return {
    ...base,
    ...collections,
    ...hands,
    randomId: (bytes = 16) => randomBytes(bytes).toString("base64url"),
    singleFlight: createSingleFlight(),
    vault,
    blobs,
    ...live,
    databaseReady: () => answers(made.accidents, { timer, ms: store.limits.readyMs }),
    databaseIsSlow,
    health,
    refusals,
    quota: createQuota({ store: quotas }),
    wake,
    onWake: (listener) => void wakes.on("wake", listener),
    async close() {
      wakes.removeAllListeners();
      live.streams.close();
      live.hub.close();
      hands.wechat.close();
      hands.geocoder.close();
      await hands.photos.close();
      await store.close();
    },
  };
}

/** True when the database answers within the limit. */
function answers(accidents: Accidents, limit: Limit): Promise<boolean> {
  const asked = accidents.findByPerson({ id: "readyz" }).then(
    () => true,
    () => false,
  );
  return within(asked, limit, () => false);
}

type Base = Pick<Context, "config" | "log" | "metrics" | "clock" | "databaseClock" | "timer">;

/** Creates what tells open pages of changes; a change wakes the jobs, too. */
function createLive(
  { clock, timer, log }: Base,
  { accidents, disputes }: Pick<Context, "accidents" | "disputes">,
  wake: () => void,
): Pick<Context, "hub" | "streams" | "accidents"> {
  const queueMarks = async (ids: string[]) => {
    const mark = await disputes.mark();
    return new Map(ids.map((id) => [id, mark]));
  };
  const hub = createHub({ looks: { case: accidents.listMarks, desk: queueMarks }, timer, log });
  const ring = (id: string) => {
    hub.ring(`case/${id}`);
    hub.ring("desk/queue");
  };
  return {
    hub,
    streams: createEventStreams({ timer, now: () => clock.now() }),
    accidents: wakingAfterChange(accidents, { wake, ring }),
  };
}

/** Creates what works outside of the process, and what its results are shown with. */
function createHands(
  { config, log, metrics, clock, databaseClock, timer }: Base,
  { tokens, quotas, niceness }: Pick<WechatApiOptions, "tokens" | "quotas"> & { niceness: number | undefined },
): Pick<Context, "wechat" | "insurers" | "geocoder" | "photos" | "documents" | "render" | "release" | "credentials"> {
  const release = readRelease();
  const render = createRender({ assets: `/assets/${release.hash}` }, !config.production);
  const { wechat, publicUrl } = config;
  return {
    release,
    render,
    documents: createDocuments(render),
    credentials: createCredentials(),
    wechat: createWechatApi({
      baseUrls: wechat.apiUrls,
      openUrl: wechat.openUrl,
      appid: wechat.appid,
      secret: wechat.secret,
      publicUrl,
      ...{ tokens, quotas, clock, timer, log, metrics, ocrPerDay: wechat.ocrPerDay },
    }),
    insurers: createInsurerClient({
      ...config,
      sessionKeys: sessionKeysOf(config),
      ...{ clock, timer, log, machineDiffersMs: () => databaseClock.differenceMs() },
    }),
    geocoder: geocoderOf(config, { now: () => clock.now(), timer, log }),
    photos: createPhotos({
      readPlates: config.photos.reader,
      hidden: hiddenFromPictures(config),
      ...{ log, timer, niceness },
    }),
  };
}

const geocoderOf = ({ geocoder }: Config, around: { now(): Date; timer: Timer; log: Log }): Geocoder =>
  geocoder ? createTencentGeocoder({ ...geocoder, ...around }) : NO_GEOCODER;

/** Files that a compromised picture decoder must not read. */
const hiddenFromPictures = ({ dataDir, secretFiles }: Config): string[] => [
  ...secretFiles,
  `${dataDir}/database`,
  `${dataDir}/development-keys.json`,
];
