import { randomBytes } from "node:crypto";
import Router from "@koa/router";
import type { Middleware } from "koa";
import type { Config } from "../config.ts";
import type { Log } from "../log.ts";
import type { Render } from "../render.ts";
import type { Timer } from "../timer.ts";
import { geocoderRoutes } from "./geocoder.ts";
import { createInsurerStandIn, type InsurerStandIn } from "./insurer/stand-in.ts";
import type { Operator } from "./operator.ts";
import { ownSite } from "./own-site.ts";
import { simulatorPages } from "./pages.ts";
import { createPhone, type Phone } from "./phone.ts";
import type { Account } from "./platform/account.ts";
import { createPlatform, type Platform } from "./platform/platform.ts";
import { createRounds } from "./round.ts";

/** Development only: stand-ins of the platform and the insurers over HTTP, and a page with two phones. */
export interface Simulator {
  /** runs before the router */
  guard: Middleware;
  router: Router;
  platform: Platform;
  insurers: InsurerStandIn;
  phones: Phone[];
  close(): void;
}

export interface SimulatorOptions {
  config: Config;
  render: Render;
  log: Log;
  clock?: { now(): Date };
  timer?: Timer;
  operator: Operator;
}

/**
 * Creates stand-ins that the app reaches at its own address, as it would reach the real hosts. Throws in
 * production.
 */
export function createSimulator(options: SimulatorOptions): Simulator {
  const { config, render, log, clock, timer, operator } = options;
  if (config.production) throw new Error("the simulator is not for production");
  const { publicUrl, standIns } = config;
  // The app is on this machine, by whatever name drivers know it.
  const appUrl = () => `http://${isAnyAddress(config.host) ? "127.0.0.1" : config.host}:${config.port}`;
  const platform = createPlatform({
    account: accountOf(config),
    urls: { app: appUrl, platform: () => `${publicUrl}/simulator/platform`, pages: () => publicUrl },
    prefix: "/simulator/platform",
    ...(clock && { clock }),
    ...(timer && { timer }),
  });
  const insurers = createInsurerStandIn({
    insurers: config.insurers.filter(({ code }) => standIns.insurers.includes(code)),
    appUrl,
    ...(clock && { now: () => clock.now() }),
  });
  const phones = [1, 2].map((index) =>
    createPhone({ index, openid: `o_driver_${index}_of_the_simulator`, appUrl, publicUrl }),
  );
  const now = () => clock?.now() ?? new Date();
  const rounds = createRounds({ platform, insurers, phones, now });
  const router = new Router();
  router.use(platform.middleware as never);
  router.use(insurers.router.routes());
  geocoderRoutes(router);
  router.use(simulatorPages({ config, render, log, platform, insurers, phones, rounds, operator, now }).routes());
  return { guard: ownSite(publicUrl), router, platform, insurers, phones, close: () => insurers.close() };
}

/**
 * The account that was made here, or an unknown one if an account is configured: the stand-in never holds a
 * configured secret.
 */
function accountOf({ wechat, standIns }: Config): Account {
  const { mode, account } = wechat;
  const { appid, secret, token, aesKey } = standIns.platform ? wechat : unknownAccount();
  return { appid, secret, token, aesKey, mode, account, format: "xml" };
}

const hex = (bytes: number) => randomBytes(bytes).toString("hex");
const unknownAccount = () => ({
  appid: `wx${hex(8)}`,
  secret: hex(16),
  token: hex(16),
  aesKey: hex(22).slice(0, 43),
});

const isAnyAddress = (host: string) => host === "0.0.0.0" || host === "::";
