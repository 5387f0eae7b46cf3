import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { demoPhotos } from "../demo/photos.ts";
import { serverEnv } from "../demo/server-env.ts";
import { ServerProcess } from "../demo/server-process.ts";
import { settle } from "../demo/settle.ts";
import { type StandIns, startStandIns } from "../demo/stand-ins.ts";
import { freePort } from "../support/database.ts";
import { memoryOf, treeOf } from "../support/process-facts.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { amount } from "./amount.ts";

const SETTLEMENTS = amount(300);
const AT_ONCE = 4;
const SAMPLE_MS = 1_000;
const SAID_EVERY_MS = 30_000;
/** Below so many settlements the server is still warming up, and nothing can be said of growth. */
const ENOUGH = 100;
/** How far the floor of the last third may lie above that of the middle third. */
const MOST_GROWTH = 1.15;

let standIns: StandIns;
let server: ServerProcess;

before(async () => {
  const [port, standInPort] = [await freePort(), await freePort()];
  standIns = await startStandIns({ port: standInPort, appUrl: `http://127.0.0.1:${port}` });
  const env = await serverEnv({ name: "memory", dir: temporaryFolder("memory"), port, standIns });
  server = new ServerProcess(`http://127.0.0.1:${port}`, env);
  await server.start();
});
after(async () => {
  await server.stop();
  standIns.close();
});

interface Sample {
  settled: number;
  /** MB that no file backs, of the server's own process */
  anonMb: number;
}

test(`memory is flat over ${SETTLEMENTS} settlements, ${AT_ONCE} at once`, async (t) => {
  const photos = await demoPhotos(undefined);
  const samples: Sample[] = [];
  let begun = 0;
  let settled = 0;
  const start = performance.now();
  const say = () => t.diagnostic(lineOf(Math.round((performance.now() - start) / 1000), settled));
  const sampling = setInterval(() => samples.push({ settled, anonMb: memoryOf(server.pid ?? 0).anonMb }), SAMPLE_MS);
  const saying = setInterval(say, SAID_EVERY_MS);
  const drive = async () => {
    while (begun < SETTLEMENTS) {
      const name = `memory_${begun++}`;
      await settle({ appUrl: server.url, standIns, photos, name, step: (_name, work) => work() });
      settled++;
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, drive));
  } finally {
    clearInterval(sampling);
    clearInterval(saying);
  }
  say();
  const [first, middle, last] = [0, 1, 2].map((third) => floorOf(samples, third)) as [number, number, number];
  t.diagnostic(`floor of each third: ${first} MB, ${middle} MB, ${last} MB`);
  assert.equal(settled, SETTLEMENTS);
  if (settled >= ENOUGH) assert.ok(last <= middle * MOST_GROWTH, `${middle} MB grew to ${last} MB`);
});

function lineOf(seconds: number, settled: number): string {
  const own = memoryOf(server.pid ?? 0);
  const others = treeOf(server.pid ?? 0).slice(1);
  const children = others.reduce((sum, pid) => sum + memoryOf(pid).anonMb, 0);
  return (
    `${String(seconds).padStart(5)} s ${String(settled).padStart(4)} settled: ${own.rssMb} MB resident, ` +
    `${own.anonMb} MB of it anonymous; ${others.length} other processes ${children} MB`
  );
}

/** The lowest of a third of the settlements: what stays when garbage has been collected. */
const floorOf = (samples: readonly Sample[], third: number): number =>
  Math.min(
    ...samples.filter(({ settled }) => Math.floor((settled * 3) / SETTLEMENTS) === third).map(({ anonMb }) => anonMb),
  );
