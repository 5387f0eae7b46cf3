import { createServer, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import Koa from "koa";
import { publishMenu } from "./actions/publish-menu.ts";
import { createMetricsServer } from "./api/metrics.ts";
import { apiRouter, healthRouter } from "./api/router.ts";
import { awaitsAnswer } from "./chat/answer.ts";
import { listen } from "./chat/listen.ts";
import { type PushDoor, pushRouter } from "./chat/push-router.ts";
import type { Config } from "./config.ts";
import type { Context } from "./context.ts";
import { codeOf, StartFault } from "./errors.ts";
import { h5Router } from "./h5/router.ts";
import { assets } from "./http/assets.ts";
import { errorPages } from "./http/errors.ts";
import { ofRequest, REQUEST_ID } from "./http/of-request.ts";
import { doorHeaders, securityHeaders } from "./http/security-headers.ts";
import { seeOther } from "./http/see-other.ts";
import { verifyFile } from "./http/verify-file.ts";
import { createJobs, type Jobs, NO_JOBS } from "./jobs/jobs.ts";
import { sayLater } from "./notices/say-later.ts";
import { policeRouter } from "./police/router.ts";
import { createSimulator, type Simulator } from "./simulator/simulator.ts";
import { operatorOf } from "./simulator-operator.ts";
import { SYSTEM_TIMER, type Timer } from "./timer.ts";
import { createOutbound } from "./wechat/api/outbound.ts";
import { createBot } from "./wechat/puppet/create-bot.ts";
import { oaOf } from "./wechat/puppet/oa-of.ts";
import { createPushConfig } from "./wechat/push-config.ts";
import { createPushHandler } from "./wechat/push-handler.ts";
import type { Reply } from "./wechat/reply.ts";
import { verifyUrl } from "./wechat/verify-url.ts";

/** The running system: HTTP doors, the bot behind the push, the jobs. */
export interface Running {
  ctx: Context;
  jobs: Jobs;
  simulator: Simulator | null;
  /** Does everything that is due now and what follows from it, for tests and scripts. */
  settle(): Promise<void>;
  /**
   * Says so in `/readyz` and serves on for `afterMs`, until no proxy sends requests any more. Then stops
   * accepting, finishes what was accepted, closes: within 10 s.
   */
  stop(afterMs?: number): Promise<void>;
}

/**
 * A slow sender must not hold a socket for Node's five minutes (slow-loris); by default Node checks its
 * limits every half minute.
 */
const TIMEOUTS = {
  headersTimeout: 5_000,
  requestTimeout: 120_000,
  keepAliveTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
};

export interface ServerOptions {
  /** false: they run in settle() alone */
  runJobs?: boolean;
  /** runs the waits between the rounds of jobs; the system's else */
  jobsTimer?: Timer;
}

/** Opens the doors of this process's roles on the configured host and port. */
export async function startServer(ctx: Context, options: ServerOptions = {}): Promise<Running> {
  const { runJobs = true, jobsTimer: timer = SYSTEM_TIMER } = options;
  const serves = servesOf(ctx.config);
  const simulator = serves.web && ctx.config.simulator ? createSimulator({ ...ctx, operator: operatorOf(ctx) }) : null;
  const chat = serves.web ? openChat(ctx) : null;
  const jobs = serves.jobs ? createJobs(ctx, { timer }) : NO_JOBS;
  await ctx.releases.keep(ctx.release);
  const { police, simulator: isTrial } = ctx.config;
  if (serves.desk && !police.authority.seal && !isTrial) ctx.log.warn("police.no-seal");
  const server = createServer(TIMEOUTS, createApp(ctx, chat, simulator).callback());
  await open(server, ctx.config);
  const { port, host } = ctx.config.metrics;
  const metricsServer = port === null ? null : createMetricsServer(ctx);
  if (metricsServer && port !== null) await open(metricsServer, { port, host });
  const menu = simulator ? standInMenu(ctx) : async () => {};
  await menu();
  if (runJobs) jobs.start();
  const endRounds = runJobs ? every(ROUND_MS, timer, () => Promise.all([menu(), chat && resume(ctx, chat)])) : () => {};
  return {
    ctx,
    jobs,
    simulator,
    async settle() {
      // Work in progress ends first, so that this process does not take it over from itself.
      await chat?.handler.settle();
      await chat?.handler.resume();
      await chat?.handler.settle();
      await jobs.settle();
      await simulator?.platform.settle();
    },
    async stop(afterMs = 0) {
      ctx.health.leave();
      if (afterMs > 0) await sleep(afterMs);
      endRounds();
      // Open pages go on with another process, or ask until there is one.
      ctx.streams.close();
      // In parallel: all of it has ten seconds.
      await Promise.all([closeServer(server), jobs.stop()]);
      await Promise.race([chat?.handler.settle(), sleep(SETTLE_MS, undefined, { ref: false })]);
      await chat?.stop();
      // last: what stopping does is seen, too
      if (metricsServer) await closeServer(metricsServer);
      simulator?.close();
      await ctx.close();
    },
  };
}

/** A request's id names its process and tells nobody how many there are; it keeps nothing secret. */
const PROCESS_ID_BYTES = 6;
const anyFew = () => Math.random().toString(36).slice(2, 10);

/** What this process serves; the desk only where there is one. */
const servesOf = ({ roles, police }: Config) => ({
  web: roles.includes("web"),
  jobs: roles.includes("jobs"),
  desk: police.enabled && roles.includes("desk"),
});

/** The order of middleware and doors; every process says how it is, whatever else it serves. */
function createApp(ctx: Context, door: PushDoor | null, simulator: Simulator | null): Koa {
  const { web, desk } = servesOf(ctx.config);
  // One proxy of ours: of X-Forwarded-For only the last address, which that proxy added, is trusted.
  const app = new Koa({ proxy: ctx.config.trustProxy, maxIpsCount: 1 });
  app.on("error", ({ code, name }: Error & { code?: string }, http?: Koa.Context) => {
    const { log } = http ? ofRequest(ctx, http) : ctx;
    // A phone that lost its signal is no fault of the server.
    if (/^(ECONN|EPIPE|HPE_|ERR_STREAM_)/.test(code ?? "")) log.debug({ code, name }, "http.connection-lost");
    else log.error({ code, name }, "http.failed");
  });
  const processId = ctx.randomId(PROCESS_ID_BYTES);
  app.use((http, next) => {
    // so that a proxy does not send its next request on a connection that is about to be closed
    if (ctx.health.isLeaving) http.set("connection", "close");
    http.set(REQUEST_ID, `${processId}-${anyFew()}`);
    return next();
  });
  app.use(doorHeaders(ctx));
  if (door) app.use(pushRouter(ctx, door));
  app.use(healthRouter(ctx).routes());
  if (web) app.use(apiRouter(ctx).routes());
  if (simulator) app.use(simulator.guard).use(simulator.router.routes());
  if (web) app.use(verifyFile(ctx));
  app.use(securityHeaders(ctx));
  app.use(errorPages(ctx));
  app.use(assets(ctx));
  if (web) app.use(entry(simulator ? "/simulator" : "/h5")).use(h5Router(ctx).routes());
  else if (desk) app.use(entry("/police"));
  if (desk) app.use(policeRouter(ctx).routes());
  return app;
}

/** Whoever types the bare address is led to where something begins. */
const entry =
  (to: string): Koa.Middleware =>
  (koa, next) =>
    koa.path === "/" && ["GET", "HEAD"].includes(koa.method) ? seeOther(koa, to) : next();

/** Connects the push handler, Wechaty behind it, and customer messages for late answers. */
function openChat(ctx: Context): PushDoor & { stop(): Promise<void> } {
  const { log } = ctx;
  const config = createPushConfig({ ...ctx.config.wechat, appId: ctx.config.wechat.appid });
  const nowMs = () => ctx.clock.now().getTime();
  // Wechaty takes two seconds to load: the doors open meanwhile and the first push waits for it. If it fails,
  // the process ends.
  const loading = createBot({
    log,
    outbound: {
      ...createOutbound({ api: ctx.wechat, quota: ctx.quota, clock: ctx.clock }),
      text: (openid, content) => sayLater(ctx, openid, content),
    },
  });
  const handler = createPushHandler({
    config,
    inbox: ctx.inbox,
    log,
    nowMs,
    timer: ctx.timer,
    handle: async (message, sink) => (await bot).deliver(message, sink),
    answered: ({ kind, outcome, ms }) => ctx.metrics.push(kind, outcome, ms / 1000),
    unread: (fault) => ctx.refusals.add({ door: "push", reason: "form", field: fault }),
    fallback: (message) => (awaitsAnswer(message) ? apology(ctx) : undefined),
    later: async (message, reply) => {
      if (reply.type === "text") await sayLater(ctx, message.openid, reply.content);
    },
  });
  const bot = loading.then((loaded) => {
    listen(ctx, loaded, { inboundOf: oaOf, photosInHand: (openid) => handler.inHand(openid, "image") });
    return loaded;
  });
  return { handler, verify: (query) => verifyUrl(config, query, nowMs()), stop: async () => (await bot).stop() };
}

/** The person's language is not known at this moment. */
const apology = ({ render }: Context): Reply => ({
  type: "text",
  content: `${render.words("zh")("chat.failed")}\n${render.words("en")("chat.failed")}`,
});

/**
 * Puts the menu on the stand-in, which forgets it when it ends; a real account keeps it (`npm run menu`). The
 * returned function tries again after a failure.
 */
function standInMenu(ctx: Context): () => Promise<void> {
  let isThere = !ctx.config.standIns.platform;
  return async () => {
    if (isThere) return;
    try {
      await publishMenu(ctx);
      isThere = true;
    } catch (error) {
      // The doors are open: an unreachable database is no reason to end.
      ctx.log.error({ code: codeOf(error) }, "menu.not-published");
    }
  };
}

const ROUND_MS = 5_000;

/** Does the work again and again, `ms` after it has ended, until the returned function is called. */
function every(ms: number, timer: Timer, work: () => Promise<unknown>): () => void {
  let isOver = false;
  let stop = (): void => {};
  const next = (): void => {
    if (isOver) return;
    stop = timer.after(ms, () => void work().finally(next));
  };
  next();
  return () => {
    isOver = true;
    stop();
  };
}

/** The database may be unreachable for a while: the next round tries again. */
async function resume({ log }: Context, { handler }: PushDoor): Promise<void> {
  await handler.resume().catch((error) => log.error({ code: codeOf(error) }, "wechat.resume-failed"));
}

function open(server: Server, { port, host }: Pick<Config, "port" | "host">): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const cure = "end what listens there, or give another PORT or HOST";
      reject(new StartFault(`${host}:${port} cannot be listened on (${error.code}): ${cure}.`, error));
    });
    server.listen(port, host, resolve);
  });
}

const DRAIN_MS = 7_000;
/**
 * Work that is not done by then is repeated by the platform or, once it was acknowledged, taken over by
 * another process.
 */
const SETTLE_MS = 1_000;

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
    // A connection that was answering becomes idle and would be kept alive.
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    server.close(() => {
      clearTimeout(force);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}
