import assert from "node:assert/strict";
import { cpSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { loadConfig } from "../../src/config.ts";
import { createContext } from "../../src/context.ts";
import { createJobs } from "../../src/jobs/jobs.ts";
import { OWN, ServerProcess } from "../demo/server-process.ts";
import { type StandIns, startStandIns } from "../demo/stand-ins.ts";
import { Invariants, lookAtSettled } from "../journeys/invariants.ts";
import { Pair } from "../journeys/roadside.ts";
import { shiftedClock } from "../support/clocks.ts";
import { freePort } from "../support/database.ts";
import { settleLater } from "../support/settle-later.ts";
import { SmallDisk } from "../support/small-disk.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { amount } from "./amount.ts";

/** Of the insurers, too: what is left behind is delivered to them at a later time. */
const clock = shiftedClock();
const MB = 1024 * 1024;
const DISK_MB = 256;
const PAIRS = 2;
const ROUNDS = amount(5);
/** refusals that the drivers of a round must have met */
const REFUSALS = 10;

test(`a disk filled ${2 * ROUNDS} times under the drivers' hands, at once and slowly: no restart, nothing acknowledged lost`, async (t) => {
  const dir = temporaryFolder("disk");
  const mounted = temporaryFolder("mounted");
  const reason = process.env.MONGODB_URI ? "the disk of this database is not ours" : SmallDisk.whyNot(mounted);
  if (reason !== null) return t.diagnostic(`left out: ${reason}`);
  const disk = await SmallDisk.mount(mounted, DISK_MB);
  const appUrl = `http://127.0.0.1:${await freePort()}`;
  const standIns = await startStandIns({ now: () => clock.now(), port: await freePort(), appUrl });
  try {
    const env = await environment({ dir, dataDir: join(mounted, "data"), appUrl, standIns });
    const pairs = await driveOnFullDisk(t, { disk, server: new ServerProcess(appUrl, env, disk.command(OWN)) });
    cpSync(join(disk.path, "data"), join(dir, "data"), { recursive: true });
    await assertAll(t, { ...env, DATA_DIR: join(dir, "data") }, { standIns, pairs });
  } finally {
    standIns.close();
    await disk.unmount();
  }
});

interface Where {
  dir: string;
  dataDir: string;
  appUrl: string;
  standIns: StandIns;
}

async function environment({ dir, dataDir, appUrl, standIns }: Where): Promise<Record<string, string>> {
  const file = join(dir, "settings.yaml");
  await writeFile(file, stringify(standIns.settings));
  return {
    ...standIns.env,
    CONFIG_FILE: file,
    PORT: new URL(appUrl).port,
    HOST: "127.0.0.1",
    PUBLIC_URL: appUrl,
    DATA_DIR: dataDir,
    LOG_LEVEL: "silent",
    PHOTO_READER: "false",
  };
}

const FILLINGS: Record<string, (disk: SmallDisk, met: () => boolean) => Promise<void>> = {
  "at once": async (disk) => disk.fill(),
  slowly: async (disk, met) => {
    for (let left = 24 * MB; left > 0 && !met(); left -= 4 * MB) {
      disk.fill(left);
      await sleep(100);
    }
  },
};

async function driveOnFullDisk(
  t: TestContext,
  { disk, server }: { disk: SmallDisk; server: ServerProcess },
): Promise<Pair[]> {
  await server.start();
  const { pid } = server;
  const all: Pair[] = [];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, fill] of Object.entries(FILLINGS)) {
        const pairs = Array.from({ length: PAIRS }, (_, n) => new Pair(`${all.length + n}`));
        all.push(...pairs);
        await fullMeanwhile({ disk, pairs, server, fill });
        const sum = (what: "answers" | "refused" | "broken") => pairs.reduce((total, pair) => total + pair[what], 0);
        t.diagnostic(`${name}: ${sum("answers")} answers, ${sum("refused")} refusals for want of room`);
        assert.equal(sum("broken"), 0, "no connection was broken");
        assert.equal(server.pid, pid, "the process stayed up");
        for (const pair of pairs) assert.deepEqual(pair.stood, { A: "done", B: "done" });
      }
    }
    t.diagnostic(`${statSync(join(disk.path, "data/database/kuaichu.mdb")).size} bytes of ${all.length} settlements`);
    assert.equal(await server.stop(), 0);
    return all;
  } finally {
    await server.stop();
  }
}

interface Filling {
  disk: SmallDisk;
  pairs: Pair[];
  server: ServerProcess;
  fill: (disk: SmallDisk, met: () => boolean) => Promise<void>;
}

async function fullMeanwhile({ disk, pairs, server, fill }: Filling): Promise<void> {
  const met = () => pairs.reduce((total, { refused }) => total + refused, 0) >= REFUSALS;
  const begun = new Promise<void>((resolve) => {
    for (const pair of pairs) pair.onAnswer = resolve;
  });
  const driving = Promise.all(pairs.map((pair) => pair.drive(server.url)));
  driving.catch(() => undefined);
  try {
    await Promise.race([begun, driving]);
    await fill(disk, met);
    disk.fill();
    const refused = (async () => {
      while (!met()) await sleep(50);
    })();
    await Promise.race([refused, driving]);
    const { storage } = (await (await fetch(`${server.url}/readyz`)).json()) as { storage: { fullSince: unknown } };
    assert.ok(storage.fullSince, "the operator can see it");
  } finally {
    disk.makeRoom();
  }
  await driving;
}

async function assertAll(
  t: TestContext,
  env: Record<string, string>,
  { standIns, pairs }: { standIns: StandIns; pairs: Pair[] },
): Promise<void> {
  const ctx = await createContext(await loadConfig(env), { clock });
  try {
    await settleLater(createJobs(ctx), clock);
    const seen = new Invariants();
    const { insurers } = standIns;
    for (const { name, caseUrl } of pairs)
      await lookAtSettled({ ctx, insurers, seen }, await ctx.accidents.get(String(caseUrl.split("/").at(-1))), name);
    for (const line of seen.lines()) t.diagnostic(line);
    assert.deepEqual(seen.broken(), []);
    assert.deepEqual(await ctx.deliveries.listUndelivered(100), []);
  } finally {
    await ctx.close();
  }
}
