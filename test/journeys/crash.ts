import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, type TestContext, test } from "node:test";
import { loadConfig } from "../../src/config.ts";
import { type Context, createContext } from "../../src/context.ts";
import { LETTERS } from "../../src/domain/accident.ts";
import { stepOf } from "../../src/domain/journey.ts";
import { createJobs } from "../../src/jobs/jobs.ts";
import { firstBrokenEvent } from "../../src/store/event-chain.ts";
import { serverEnv } from "../demo/server-env.ts";
import { ServerProcess } from "../demo/server-process.ts";
import { type StandIns, startStandIns } from "../demo/stand-ins.ts";
import { seeded } from "../embedded/kill/writers.ts";
import { shiftedClock } from "../support/clocks.ts";
import { freePort } from "../support/database.ts";
import { settleLater } from "../support/settle-later.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { Invariants, lookAtSettled } from "./invariants.ts";
import { Pair, placeOnWay } from "./roadside.ts";

/** for each pair, answers between two kills: it gets about 27 on its way */
const MOST_ANSWERS = 10;
const random = seeded(Number.parseInt(randomBytes(3).toString("hex"), 16));

/** Of the insurers, too: what is left behind is delivered to them at a later time. */
const clock = shiftedClock();
let standIns: StandIns;
let env: Record<string, string>;
let server: ServerProcess;
const finished: Pair[] = [];
const unfinished: Pair[] = [];
let kills = 0;

export interface Crashes {
  rounds: number;
  /** of drivers who settle at once, in each round */
  pairs: number;
  /** in each round */
  kills: number;
}

/** Registers the tests: in every round pairs of drivers settle while the server is killed. */
export function testCrashes({ rounds, pairs, kills: times }: Crashes): void {
  before(startServer);
  after(async () => {
    await server.stop();
    standIns.close();
  });
  for (let round = 0; round < rounds; round++) {
    test(`${times} times kill -9 while drivers are at it: they go on where they were, nobody is led back (${round + 1} of ${rounds})`, (t) =>
      killWhileDriving(t, newPairs(`k${round}`, pairs), times));
  }
  test("SIGTERM while drivers are at it: the server ends in time, with 0", stopWhileDriving);
  test("then everything that was acknowledged is there, every claim took effect once, nothing is stuck", assertAll);
}

async function startServer(): Promise<void> {
  const [port, standInPort] = [await freePort(), await freePort()];
  const appUrl = `http://127.0.0.1:${port}`;
  standIns = await startStandIns({ port: standInPort, appUrl, now: () => clock.now() });
  env = {
    ...(await serverEnv({ name: "crash", dir: temporaryFolder("crash"), port, standIns })),
    // `npm run demo -- --kill` has the models
    PHOTO_READER: "false",
  };
  server = new ServerProcess(appUrl, env);
  await server.start();
}

const newPairs = (round: string, count: number) => Array.from({ length: count }, (_, n) => new Pair(`${round}p${n}`));

/** Resolves once the pairs have got a number of answers that nobody can foresee. */
function someAnswers(pairs: Pair[]): Promise<void> {
  let left = 1 + Math.floor(random() * MOST_ANSWERS * pairs.length);
  return new Promise((resolve) => {
    for (const pair of pairs) {
      pair.onAnswer = () => {
        left--;
        if (left <= 0) resolve();
      };
    }
  });
}

async function killWhileDriving(t: TestContext, pairs: Pair[], times: number): Promise<void> {
  // One insurer loses its first answers: it has the claim and we do not know.
  standIns.insurers.setMode("CPIC", { kind: "ack-lost" }, 2);
  finished.push(...pairs);
  let met = someAnswers(pairs);
  const driving = Promise.all(pairs.map((pair) => pair.drive(server.url)));
  driving.catch(() => undefined);
  for (let kill = 0; kill < times; kill++) {
    await Promise.race([met, driving]);
    await server.killAndRestart();
    kills++;
    met = someAnswers(pairs);
  }
  await driving;
  const sum = (what: "answers" | "broken") => pairs.reduce((total, pair) => total + pair[what], 0);
  t.diagnostic(`${sum("answers")} answers, ${sum("broken")} broken connections`);
  for (const pair of pairs) assert.deepEqual(pair.stood, { A: "done", B: "done" });
}

/** The process itself ends with another code when it has not drained in ten seconds. */
async function stopWhileDriving(t: TestContext): Promise<void> {
  const pairs = newPairs("t", 3);
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

async function assertAll(t: TestContext): Promise<void> {
  const seen = new Invariants();
  const ctx = await createContext(await loadConfig(env), { clock });
  try {
    await settleLater(createJobs(ctx), clock);
    const { insurers } = standIns;
    for (const pair of finished) await lookAtSettled({ ctx, insurers, seen }, await accidentOf(ctx, pair), pair.name);
    for (const pair of unfinished) if (pair.caseUrl) await assertKept(ctx, pair);
    const outboxes = await ctx.accidents.listOutbox(10);
    seen.look("no outbox is left", outboxes.length === 0, outboxes.map(({ accidentId }) => accidentId).join(" "));
    const waiting = (await ctx.deliveries.listUndelivered(100)).map(({ kind, state }) => `${kind} ${state}`);
    seen.look("nothing is left to deliver", waiting.length === 0, waiting.join(", "));
  } finally {
    await ctx.close();
  }
  const claims = standIns.insurers.inbox();
  seen.look("no two claims bear one reference", new Set(claims.map(({ ref }) => ref)).size === claims.length, "");
  seen.look("no signature is refused", standIns.insurers.refused() === 0, String(standIns.insurers.refused()));
  const again = claims.reduce((sum, { deliveries }) => sum + deliveries - 1, 0);
  const sum = (what: "answers" | "broken") => finished.reduce((total, pair) => total + pair[what], 0);
  t.diagnostic(`${finished.length} settlements, ${kills} kills, ${sum("answers")} answers, ${sum("broken")} broken`);
  t.diagnostic(`${claims.length} claims took effect, ${again} deliveries were repetitions`);
  for (const line of seen.lines()) t.diagnostic(line);
  assert.deepEqual(seen.broken(), []);
}

const accidentOf = (ctx: Context, pair: Pair) => ctx.accidents.get(String(pair.caseUrl.split("/").at(-1)));

/** A driver who was stopped in the middle is at the step of the last answer, or further. */
async function assertKept(ctx: Context, pair: Pair): Promise<void> {
  const accident = await accidentOf(ctx, pair);
  assert.equal(firstBrokenEvent(accident.id, accident.events), null);
  for (const letter of LETTERS) {
    if (pair.stood[letter] === "start") continue;
    const step = stepOf(accident, letter, ctx.config.rules.catalogue);
    assert.ok(placeOnWay(step) >= placeOnWay(pair.stood[letter]), `${letter}: ${pair.stood[letter]} → ${step}`);
  }
}
