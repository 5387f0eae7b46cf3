import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { serverEnv } from "../demo/server-env.ts";
import { type StandIns, startStandIns } from "../demo/stand-ins.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { type Balancer, startBalancer } from "../support/balancer.ts";
import { closeDatabase, databaseUri, freePort } from "../support/database.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { Pair } from "./roadside.ts";

/** Longer than the balancer takes from its question to the request. */
const DELAY_MS = 3_000;
let balancer: Balancer;
let standIns: StandIns;
/** starts the process of that number: two on one database, behind one address */
let start: (n: number) => Promise<TestApp>;
const apps: TestApp[] = [];

before(async () => {
  balancer = await startBalancer();
  standIns = await startStandIns({ port: await freePort(), appUrl: balancer.url });
  const [dir, uri, ports] = [temporaryFolder("rolling"), await databaseUri(), [await freePort(), await freePort()]];
  start = async (n) => {
    const env = await serverEnv({ name: "rolling", dir, port: ports[n] as number, standIns });
    const more = { MONGODB_URI: uri, PUBLIC_URL: balancer.url, SIMULATOR: "false", PHOTO_READER: "false" };
    return startApp({ env: { ...env, ...more }, databaseUri: uri, runJobs: true });
  };
  for (const n of [0, 1]) apps.push(await start(n));
  balancer.setTargets(ports.map((port) => `http://127.0.0.1:${port}`));
});
after(async () => {
  for (const app of apps) await app.stop();
  standIns.close();
  await balancer.close();
  await closeDatabase();
});

const urlOf = ({ config }: TestApp): string => `http://127.0.0.1:${config.port}`;

it("two processes that are restarted one after the other refuse no push and no step of a settlement", async (t) => {
  let isOver = false;
  const pairs: Pair[] = [];
  /** Settlement after settlement, until the restarts are over. */
  const settling = async (name: string): Promise<void> => {
    for (let n = 0; !isOver; n++) {
      const pair = new Pair(`${name}${n}`);
      pairs.push(pair);
      await pair.drive(balancer.url);
    }
  };
  let pushes = 0;
  const pushing = async (): Promise<void> => {
    const { platform } = standIns;
    await platform.follow("o_roll_pusher");
    for (; !isOver; pushes++) await platform.sendText("o_roll_pusher", "你好");
  };
  const restarting = async (): Promise<void> => {
    try {
      for (const n of [0, 1]) {
        const leaving = apps[n] as TestApp;
        // both have a part in the work
        await Promise.all(apps.map((app) => balancer.passedOn(urlOf(app), 20)));
        const left = leaving.stop(DELAY_MS);
        const { status } = await fetch(`${urlOf(leaving)}/readyz`);
        assert.equal(status, 503, "at once");
        const alive = await fetch(`${urlOf(leaving)}/healthz`);
        assert.equal(alive.status, 200, "its door is open still");
        assert.equal(alive.headers.get("connection"), "close");
        await left;
        apps[n] = await start(n);
      }
    } finally {
      isOver = true;
    }
  };
  await Promise.all([restarting(), settling("r"), settling("s"), pushing()]).finally(() => {
    for (const pair of pairs) pair.stop();
  });
  t.diagnostic(`${pairs.length} settlements, ${pushes} pushes, ${[...balancer.passed.values()].join(" + ")} requests`);
  assert.deepEqual(balancer.refused, []);
  for (const pair of pairs) assert.deepEqual(pair.stood, { A: "done", B: "done" });
  assert.ok(pushes > 0);
});
