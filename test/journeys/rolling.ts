import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { serverEnv } from "../demo/server-env.ts";
import { type StandIns, startStandIns } from "../demo/stand-ins.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { type Balancer, startBalancer } from "../support/balancer.ts";
import { databaseUri, freePort } from "../support/database.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { Pair } from "./roadside.ts";

/** Longer than the balancer takes from its question to the request. */
const DELAY_MS = 3_000;

type Env = Record<string, string>;

/** Two processes on one database, behind one address. */
export interface TwoBehindOne {
  balancer: Balancer;
  standIns: StandIns;
  apps: TestApp[];
  /** starts the process of that number with these settings over the usual ones */
  start(n: number, env: Env): Promise<TestApp>;
  close(): Promise<void>;
}

export async function startTwoBehindOne(env: Env): Promise<TwoBehindOne> {
  const balancer = await startBalancer();
  const standIns = await startStandIns({ port: await freePort(), appUrl: balancer.url });
  const [dir, uri, ports] = [temporaryFolder("rolling"), await databaseUri(), [await freePort(), await freePort()]];
  const start = async (n: number, more: Env): Promise<TestApp> => {
    const usual = await serverEnv({ name: "rolling", dir, port: ports[n] as number, standIns });
    const behind = { MONGODB_URI: uri, PUBLIC_URL: balancer.url, SIMULATOR: "false", PHOTO_READER: "false" };
    return startApp({ env: { ...usual, ...behind, ...more }, databaseUri: uri, runJobs: true });
  };
  const apps = [await start(0, env), await start(1, env)];
  balancer.setTargets(ports.map((port) => `http://127.0.0.1:${port}`));
  return {
    ...{ balancer, standIns, apps, start },
    async close() {
      for (const app of apps) await app.stop();
      standIns.close();
      await balancer.close();
    },
  };
}

const urlOf = ({ config }: TestApp): string => `http://127.0.0.1:${config.port}`;

/** Restarts one process with other settings, once both have a part in the work. */
export async function restart({ balancer, apps, start }: TwoBehindOne, n: number, env: Env): Promise<void> {
  const leaving = apps[n] as TestApp;
  await Promise.all(apps.map((app) => balancer.passedOn(urlOf(app), 20)));
  const left = leaving.stop(DELAY_MS);
  const { status } = await fetch(`${urlOf(leaving)}/readyz`);
  assert.equal(status, 503, "at once");
  const alive = await fetch(`${urlOf(leaving)}/healthz`);
  assert.equal(alive.status, 200, "its door is open still");
  assert.equal(alive.headers.get("connection"), "close");
  await left;
  apps[n] = await start(n, env);
}

/**
 * Settles accidents and pushes until `work` is over and there were `least` settlements; nothing may be
 * refused.
 */
export async function underTraffic(
  t: TestContext,
  two: TwoBehindOne,
  { least, work }: { least: number; work(): Promise<void> },
): Promise<void> {
  const { balancer, standIns } = two;
  let isOver = false;
  const pairs: Pair[] = [];
  const settling = async (name: string): Promise<void> => {
    for (let n = 0; !isOver || pairs.length < least; n++) {
      const pair = new Pair(`${name}${n}`);
      pairs.push(pair);
      await pair.drive(balancer.url);
    }
  };
  let pushes = 0;
  const pushing = async (): Promise<void> => {
    await standIns.platform.follow("o_roll_pusher");
    for (; !isOver; pushes++) await standIns.platform.sendText("o_roll_pusher", "你好");
  };
  const working = work().finally(() => {
    isOver = true;
  });
  await Promise.all([working, settling("r"), settling("s"), pushing()]).finally(() => {
    for (const pair of pairs) pair.stop();
  });
  t.diagnostic(`${pairs.length} settlements, ${pushes} pushes, ${[...balancer.passed.values()].join(" + ")} requests`);
  assert.deepEqual(balancer.refused, []);
  for (const pair of pairs) assert.deepEqual(pair.stood, { A: "done", B: "done" });
  assert.ok(pushes > 0);
}
