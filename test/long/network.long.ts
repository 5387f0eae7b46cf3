import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import { loadConfig } from "../../src/config.ts";
import { type Context, createContext } from "../../src/context.ts";
import { type Accident, type EventType, LETTERS } from "../../src/domain/accident.ts";
import { createJobs } from "../../src/jobs/jobs.ts";
import { serverEnv } from "../demo/server-env.ts";
import { ServerProcess } from "../demo/server-process.ts";
import { type StandIns, startStandIns } from "../demo/stand-ins.ts";
import { Invariants, lookAtSettled } from "../journeys/invariants.ts";
import { nameOf, Pair } from "../journeys/roadside.ts";
import { shiftedClock } from "../support/clocks.ts";
import { CuttingNetwork, type NetworkMoment } from "../support/cutting-network.ts";
import { freePort } from "../support/database.ts";
import { DETAILS } from "../support/drivers.ts";
import { settleLater } from "../support/settle-later.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { amount } from "./amount.ts";

const PAIRS = 2;
const CUTS = amount(60);
const UNTIL_MS = amount(20 * 60) * 1000;
/** Half of them while a body or an answer is under way. */
const MOMENTS: readonly NetworkMoment[] = ["body", "now", "answer", "now"];
/** answers between two cuts: a pair gets about 27 on its way */
const ANSWERS = 9;
/** What a settlement does once, however often it was sent. */
const ONCE: Partial<Record<EventType, number>> = {
  "accident-opened": 1,
  "party-joined": 1,
  "vehicles-moved": 1,
  "place-recorded": 1,
  "details-given": 2,
  "statement-given": 2,
  "photo-stored": 5,
  "agreement-signed": 2,
};

const clock = shiftedClock();
let standIns: StandIns;
let env: Record<string, string>;
let server: ServerProcess;
let network: CuttingNetwork;
let phonesUrl: string;
const pairs: Pair[] = [];

before(async () => {
  const [port, standInPort, phonesPort] = [await freePort(), await freePort(), await freePort()];
  const appUrl = `http://127.0.0.1:${port}`;
  phonesUrl = `http://127.0.0.1:${phonesPort}`;
  standIns = await startStandIns({ port: standInPort, appUrl: phonesUrl, now: () => clock.now() });
  const own = await serverEnv({ name: "network", dir: temporaryFolder("network"), port, standIns });
  env = { ...own, PUBLIC_URL: phonesUrl, PHOTO_READER: "false" };
  server = new ServerProcess(appUrl, env);
  await server.start();
  network = await CuttingNetwork.start(phonesPort, port);
});
after(async () => {
  await network.close();
  await server.stop();
  standIns.close();
});

test(`two pairs settle one accident after the other while the network is cut ${CUTS} times`, async (t: TestContext) => {
  const end = Date.now() + UNTIL_MS;
  let cuts = 0;
  let answers = 0;
  let isCutting = false;
  const onAnswer = () => {
    answers++;
    if (isCutting || answers % ANSWERS !== 0) return;
    isCutting = true;
    void network.cut(MOMENTS[cuts % MOMENTS.length] as NetworkMoment).then(() => {
      cuts++;
      isCutting = false;
    });
  };
  const isOver = () => Date.now() >= end && cuts >= CUTS;
  const lane = async (name: string) => {
    for (let n = 0; n === 0 || !isOver(); n++) await settleOne(`${name}${n}`, onAnswer);
  };
  await Promise.all(Array.from({ length: PAIRS }, (_, at) => lane(`n${at}x`)));
  network.spare();
  const resent = pairs.reduce((sum, pair) => sum + pair.resent, 0);
  t.diagnostic(`${pairs.length} settlements, ${answers} answers, ${resent} requests sent again`);
  t.diagnostic(`cuts: ${JSON.stringify(network.cuts)}`);
  assert.ok(cuts >= CUTS);
  assert.ok(2 * (network.cuts.body + network.cuts.answer) >= cuts - 1, "half of them under way");
  for (const { name, stood } of pairs) assert.deepEqual(stood, { A: "done", B: "done" }, name);
});

async function settleOne(name: string, onAnswer: () => void): Promise<void> {
  const pair = new Pair(name, { isPersistent: true });
  pairs.push(pair);
  pair.onAnswer = onAnswer;
  for (const letter of LETTERS) await standIns.platform.follow(pair.openidOf(letter));
  await pair.drive(phonesUrl);
}

test("then the store has each field as it was typed, and nothing was done or said twice", async (t: TestContext) => {
  await server.stop();
  const seen = new Invariants();
  const ctx = await createContext(await loadConfig(env), { clock });
  try {
    await settleLater(createJobs(ctx), clock);
    for (const pair of pairs) {
      const accident = await ctx.accidents.get(String(pair.caseUrl.split("/").at(-1)));
      await lookAtSettled({ ctx, insurers: standIns.insurers, seen }, accident, pair.name);
      lookAtFields(seen, accident, pair.name);
      await lookAtPeople(ctx, seen, pair, accident);
    }
  } finally {
    await ctx.close();
  }
  for (const line of seen.lines()) t.diagnostic(line);
  assert.deepEqual(seen.broken(), []);
});

function lookAtFields(seen: Invariants, accident: Accident, name: string): void {
  const is = (what: string, got: unknown, typed: unknown) =>
    seen.look(`as typed: ${what}`, got === typed, `${name}: ${String(got)} for ${String(typed)}`);
  is("address", accident.scene.address, `路口 ${name}`);
  is("weather", accident.scene.weather, "rain");
  for (const letter of LETTERS) {
    const { details, statement, signature } = accident.parties[letter] ?? {};
    const typed = { ...DETAILS[letter], name: nameOf(name, letter) };
    for (const [field, value] of Object.entries(typed)) is(field, details?.[field as keyof typeof details], value);
    is("own act", statement?.ownAct, letter === "A" ? "QS-01" : "none");
    is("the other's act", statement?.otherAct, letter === "A" ? "none" : "QS-01");
    is("point of impact", statement?.impact, "front");
    is("note", statement?.note, name);
    is("consent to forward", signature?.forwarding, true);
  }
  for (const [type, times] of Object.entries(ONCE)) {
    const count = accident.events.filter((event) => event.type === type).length;
    seen.look(`${type} ${times} times`, count === times, `${name}: ${count}`);
  }
}

/** Each is in this case alone, and was told each thing once. */
async function lookAtPeople(ctx: Context, seen: Invariants, pair: Pair, { id }: Accident): Promise<void> {
  for (const letter of LETTERS) {
    const openid = pair.openidOf(letter);
    const { cases = [] } = await ctx.people.see(openid);
    const ids = new Set(cases.map((one) => one.id));
    seen.look("each driver is in one case", ids.size === 1 && ids.has(id), `${pair.name} ${letter}: ${ids.size}`);
    const told = standIns.platform
      .inbox(openid)
      .filter(({ from, via }) => from === "account" && (via === "customer" || via === "template"))
      .filter(({ kind }) => kind !== "image")
      .map(({ via, text, fields }) => JSON.stringify([via, text, fields]));
    const again = told.filter((line, at) => told.indexOf(line) !== at);
    seen.look("each driver is told something", told.length > 0, `${pair.name} ${letter}`);
    seen.look("each driver is told each thing once", again.length === 0, `${pair.name} ${letter}: ${again.join()}`);
  }
}
