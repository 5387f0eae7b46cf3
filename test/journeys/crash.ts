import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { stringify } from "yaml";
import { loadConfig } from "../../src/config.ts";
import { type Context, createContext } from "../../src/context.ts";
import { LETTERS } from "../../src/domain/accident.ts";
import { stepOf } from "../../src/domain/journey.ts";
import { createJobs } from "../../src/jobs/jobs.ts";
import { firstBrokenEvent } from "../../src/store/accidents.ts";
import { ServerProcess } from "../demo/server-process.ts";
import { type StandIns, startStandIns } from "../demo/stand-ins.ts";
import { seeded } from "../embedded/kill/writers.ts";
import { shiftedClock } from "../support/clocks.ts";
import { freePort } from "../support/database.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { nameOf, Pair, WAY } from "./roadside.ts";

const KILLS = 2;
const PAIRS = 3;
/** answers between two kills: three pairs get about 80 on their way */
const MOST_ANSWERS = 30;
/** longer than any lease, then than the pauses before the next attempts */
const LATER_MS = [60_000, 60_000, 600_000];
const random = seeded(Number.parseInt(randomBytes(3).toString("hex"), 16));

let standIns: StandIns;
let env: Record<string, string>;
let server: ServerProcess;
const finished: Pair[] = [];
const unfinished: Pair[] = [];

/** Registers the tests: in every round three pairs of drivers settle while the server is killed twice. */
export function testCrashes(rounds: number): void {
  before(startServer);
  after(async () => {
    await server.stop();
    standIns.close();
  });
  for (let round = 0; round < rounds; round++) {
    test(`${KILLS} times kill -9 while drivers are at it: they go on where they were, nobody is led back (${round + 1} of ${rounds})`, (t) =>
      killWhileDriving(t, `k${round}`));
  }
  test("SIGTERM while drivers are at it: the server ends in time, with 0", stopWhileDriving);
  test("then everything that was acknowledged is there, every claim took effect once, nothing is stuck", assertAll);
}

async function startServer(): Promise<void> {
  const [port, standInPort] = [await freePort(), await freePort()];
  const appUrl = `http://127.0.0.1:${port}`;
  const dir = temporaryFolder("crash");
  standIns = await startStandIns({ port: standInPort, appUrl });
  const file = join(dir, "settings.yaml");
  await writeFile(file, stringify(standIns.settings));
  const given = process.env.MONGODB_URI;
  env = {
    ...standIns.env,
    ...(given && { MONGODB_URI: new URL(`/crash_${randomBytes(4).toString("hex")}`, given).href }),
    CONFIG_FILE: file,
    PORT: String(port),
    HOST: "127.0.0.1",
    PUBLIC_URL: appUrl,
    DATA_DIR: join(dir, "data"),
    LOG_LEVEL: "silent",
    // `npm run demo -- --kill` has the models
    PHOTO_READER: "false",
  };
  server = new ServerProcess(appUrl, env);
  await server.start();
}

const newPairs = (round: string) => Array.from({ length: PAIRS }, (_, n) => new Pair(`${round}${n}`));

/** Resolves once the pairs have got a number of answers that nobody can foresee. */
function someAnswers(pairs: Pair[]): Promise<void> {
  let left = 1 + Math.floor(random() * MOST_ANSWERS);
  return new Promise((resolve) => {
    for (const pair of pairs) {
      pair.onAnswer = () => {
        left--;
        if (left <= 0) resolve();
      };
    }
  });
}

async function killWhileDriving(t: TestContext, round: string): Promise<void> {
  // One insurer loses its first answers: it has the claim and we do not know.
  standIns.insurers.setMode("CPIC", { kind: "ack-lost" }, 2);
  const pairs = newPairs(round);
  finished.push(...pairs);
  let met = someAnswers(pairs);
  const driving = Promise.all(pairs.map((pair) => pair.drive(server.url)));
  driving.catch(() => undefined);
  for (let kill = 0; kill < KILLS; kill++) {
    await Promise.race([met, driving]);
    await server.killAndRestart();
    met = someAnswers(pairs);
  }
  await driving;
  const sum = (what: "answers" | "broken") => pairs.reduce((total, pair) => total + pair[what], 0);
  t.diagnostic(`${sum("answers")} answers, ${sum("broken")} broken connections`);
  for (const pair of pairs) assert.deepEqual(pair.stood, { A: "done", B: "done" });
}

/** The process itself ends with another code when it has not drained in ten seconds. */
async function stopWhileDriving(t: TestContext): Promise<void> {
  const pairs = newPairs("t");
  unfinished.push(...pairs);
  const met = someAnswers(pairs);
  const driving = Promise.all(pairs.map((pair) => pair.drive(server.url)));
  driving.catch(() => undefined);
  await Promise.race([met, driving]);
  const code = await server.stop();
  for (const pair of pairs) pair.stop();
  await driving;
  t.diagnostic(`at ${pairs.map(({ stood }) => `${stood.A}/${stood.B}`).join(" ")}`);
  assert.equal(code, 0);
}

async function assertAll(): Promise<void> {
  const clock = shiftedClock();
  const ctx = await createContext(await loadConfig(env), { clock });
  try {
    const jobs = createJobs(ctx);
    for (const ms of LATER_MS) {
      clock.advance(ms);
      await jobs.settle();
    }
    for (const pair of finished) await assertSettled(ctx, pair);
    for (const pair of unfinished) if (pair.caseUrl) await assertKept(ctx, pair);
    assert.deepEqual(await ctx.accidents.listOutbox(10), []);
    const waiting = (await ctx.deliveries.listUndelivered(100)).map(({ kind, state }) => `${kind} ${state}`);
    assert.deepEqual(waiting, []);
  } finally {
    await ctx.close();
  }
  const ids = standIns.insurers.inbox().map(({ ref }) => ref);
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(standIns.insurers.refused(), 0);
}

const accidentOf = (ctx: Context, pair: Pair) => ctx.accidents.get(String(pair.caseUrl.split("/").at(-1)));

async function assertSettled(ctx: Context, pair: Pair): Promise<void> {
  const accident = await accidentOf(ctx, pair);
  assert.ok(accident.concludedAt, pair.name);
  assert.equal(firstBrokenEvent(accident.id, accident.events), null);
  assert.equal(accident.photos.length, 5);
  for (const { sha256 } of accident.photos) await ctx.blobs.read(accident, String(sha256));
  for (const letter of LETTERS) {
    const party = accident.parties[letter];
    assert.equal(party?.details?.name, nameOf(pair.name, letter));
    assert.equal(party?.statement?.note, pair.name);
  }
  const pdf = await ctx.blobs.read(accident, accident.documents?.pdfSha256 ?? "");
  assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
  assert.deepEqual(accident.claims.map(({ party }) => party).sort(), ["A", "B"]);
  const count = (type: string) => accident.events.filter((event) => event.type === type).length;
  assert.equal(count("agreement-concluded"), 1);
  assert.equal(count("claim-submitted"), 2);
  assert.equal(count("claim-delivered"), 2);
  for (const { ref } of accident.claims) {
    const received = standIns.insurers.inbox().filter((claim) => claim.ref === ref);
    assert.equal(received.length, 1, `${ref} took effect once`);
  }
}

/** Whoever stopped in the middle stands where his last answer had him, or further. */
async function assertKept(ctx: Context, pair: Pair): Promise<void> {
  const accident = await accidentOf(ctx, pair);
  assert.equal(firstBrokenEvent(accident.id, accident.events), null);
  for (const letter of LETTERS) {
    if (pair.stood[letter] === "start") continue;
    const step = stepOf(accident, letter, ctx.config.rules.catalogue);
    assert.ok(WAY.indexOf(step) >= WAY.indexOf(pair.stood[letter]), `${letter}: ${pair.stood[letter]} → ${step}`);
  }
}
