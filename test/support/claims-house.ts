import { randomBytes } from "node:crypto";
import type { RequestListener } from "node:http";
import Koa from "koa";
import { apiRouter, healthRouter } from "../../src/api/router.ts";
import { type Config, loadConfig } from "../../src/config.ts";
import { type Context, createContext } from "../../src/context.ts";
import type { Accident } from "../../src/domain/accident.ts";
import { claimsToSubmit } from "../../src/domain/claim-submission.ts";
import type { NoticeCode } from "../../src/domain/notice.ts";
import { createJobs, type Jobs } from "../../src/jobs/jobs.ts";
import { createInsurerStandIn, type InsurerStandIn } from "../../src/simulator/insurer/stand-in.ts";
import { CALM_DATABASE } from "./calm-database.ts";
import { capturedLog } from "./captured-log.ts";
import { type ManualClock, standingClock } from "./clocks.ts";
import { type ConcludedOptions, concludedAccident } from "./concluded-accident.ts";
import { databaseUri } from "./database.ts";
import { listen } from "./platform-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/**
 * A real store, the api door and the insurers' stand-in on one port, and the jobs; time stands still until it
 * is moved.
 */
export interface ClaimsHouse {
  ctx: Context;
  jobs: Jobs;
  insurers: InsurerStandIn;
  clock: ManualClock;
  url: string;
  /** an accident on paper whose claims wait in the outbox */
  conclude(options?: Partial<ConcludedOptions>): Promise<Accident>;
  /** a second context on the same database, as another process has */
  another(): Promise<{ ctx: Context; jobs: Jobs }>;
  /** what was logged, one JSON line each */
  lines: string[];
  /** bodies of the notices that wait in the outbox */
  notices(accidentId: string): Promise<{ code: NoticeCode; params: Record<string, string>; to: string }[]>;
  /** for who looks into the database itself */
  databaseUri: string;
  close(): Promise<void>;
}

export interface ClaimsHouseOptions {
  /** how far the insurers' clock is from ours */
  insurersAheadMs?: () => number;
  /** of everything in the house, and its limits; stands still unless given */
  clock?: ManualClock;
}

export async function openClaimsHouse(
  change: (config: Config) => Partial<Config> = () => ({}),
  { insurersAheadMs = () => 0, clock = standingClock() }: ClaimsHouseOptions = {},
): Promise<ClaimsHouse> {
  const dir = temporaryFolder("claims");
  let answer: RequestListener = (_req, res) => res.end();
  const server = await listen((req, res) => answer(req, res));
  const loaded = await loadConfig({ DATA_DIR: dir, PORT: "0", PUBLIC_URL: server.url });
  const config = { ...loaded, ...change(loaded) };
  const { log, lines } = capturedLog();
  const calm = { limits: CALM_DATABASE, pictureNiceness: 0 };
  const overrides = { clock, timer: clock, ...calm, log, databaseUri: await databaseUri() };
  const ctx = await createContext(config, overrides);
  const insurers = createInsurerStandIn({
    insurers: config.insurers.filter(({ secrets }) => secrets.length > 0),
    appUrl: () => server.url,
    now: () => new Date(clock.now().getTime() + insurersAheadMs()),
  });
  const app = new Koa();
  app.silent = true;
  app.use(healthRouter(ctx).routes()).use(apiRouter(ctx).routes()).use(insurers.router.routes());
  answer = app.callback();
  const others: Context[] = [];
  return {
    ctx,
    insurers,
    clock,
    jobs: createJobs(ctx),
    url: server.url,
    databaseUri: overrides.databaseUri,
    lines,
    notices: (accidentId) => notices(ctx, accidentId),
    conclude: (options) => conclude(ctx, options),
    async another() {
      const other = await createContext(config, overrides);
      others.push(other);
      return { ctx: other, jobs: createJobs(other) };
    },
    async close() {
      insurers.close();
      await server.close();
      for (const other of others) await other.close();
      await ctx.close();
    },
  };
}

let count = 0;

/** An accident on paper whose claims wait in the outbox. */
export async function conclude(ctx: Context, options: Partial<ConcludedOptions> = {}): Promise<Accident> {
  count++;
  const draft = concludedAccident({
    id: randomBytes(16).toString("base64url"),
    number: `KC20261102-${String(count).padStart(6, "0")}`,
    at: ctx.clock.now(),
    ...options,
  });
  const { id } = await ctx.accidents.create(draft, [{ type: "accident-opened", by: "A", data: {} }]);
  return ctx.accidents.change(id, (accident) => {
    const { claims, events, outbox } = claimsToSubmit(ctx, accident);
    return { accident: { ...accident, claims }, events, outbox };
  });
}

async function notices(ctx: Context, accidentId: string) {
  const outboxes = await ctx.accidents.listOutbox(1_000);
  const entries = outboxes.filter((outbox) => outbox.accidentId === accidentId).flatMap(({ entries }) => entries);
  const waiting = entries.filter(({ kind }) => kind === "notice");
  return Promise.all(
    waiting.map(async ({ id, target, sealed }) => {
      const { code, params } = JSON.parse(await ctx.accidents.openBody(accidentId, id, sealed));
      return { code, params, to: target };
    }),
  );
}
