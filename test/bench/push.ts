import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { closedLoop, openLoop, p99Of } from "./push-load.ts";
import type { Usage } from "./push-server.ts";
import type { ServerName } from "./push-servers.ts";
import { nextPush } from "./push-traffic.ts";

export interface PushFigures {
  /** CPU microseconds for each push: bare Koa with its router */
  koaUs: number;
  coWechatUs: number;
  plainUs: number;
  safeUs: number;
  /** everything, the embedded database's thread included */
  fullUs: number;
  /** of it, our main thread alone; null where the system does not tell */
  fullMainUs: number | null;
  /** store operations of a push that comes alone */
  storeOps: number;
  /** of one among as many as the closed loop keeps in flight: they share their operations */
  storeOpsTogether: number;
  p99Ms: number;
  lost: number;
  seconds: number;
}

/** The servers that are compared, and the mode of the pushes that each gets. */
const MODES: Record<Exclude<ServerName, "counted">, "plain" | "safe"> = {
  koa: "plain",
  coWechat: "plain",
  plain: "plain",
  safe: "safe",
  full: "safe",
};
type Compared = keyof typeof MODES;
const NAMES = Object.keys(MODES) as Compared[];
const COUNTED = 200;
const PER_SECOND = 200;
/** On a busy machine fewer rounds, so that a whole run stays below three and a half minutes. */
const ROUNDS_MS = 60_000;
const FEWEST_ROUNDS = 3;
const STOP_MS = 15_000;

export interface PushBench {
  /** of the open loop */
  seconds?: number;
  rounds?: number;
  /** to each server in each round */
  pushes?: number;
  /** to each server before the first round: until its code is compiled */
  warmUp?: number;
}

interface Running {
  child: ChildProcess;
  port: number;
  /** rejects when the process ends */
  ended: Promise<never>;
}
interface Round {
  cpuUs: number;
  mainUs: number | null;
}

/**
 * Measures CPU per push beside bare servers, in interleaved rounds of one run with 32 pushes in flight, as on
 * a busy account; then 200 pushes a second, answered or not. This process generates the load.
 */
export async function benchPush({
  seconds = 60,
  rounds: most = 7,
  pushes = 1_000,
  warmUp = 8_000,
}: PushBench = {}): Promise<PushFigures> {
  const servers = new Map<Compared, Running>();
  try {
    for (const name of NAMES) servers.set(name, await start(name));
    const rounds = await measure(servers, { most, pushes, warmUp });
    const full = servers.get("full") as Running;
    const answers = await openLoop(full.port, { perSecond: PER_SECOND, seconds, make: () => nextPush("safe") });
    const operations = await countedOperations();
    const us = (name: Compared) => Math.round(median(rounds(name).map(({ cpuUs }) => cpuUs)));
    const main = rounds("full").flatMap(({ mainUs }) => (mainUs === null ? [] : [mainUs]));
    return {
      koaUs: us("koa"),
      coWechatUs: us("coWechat"),
      plainUs: us("plain"),
      safeUs: us("safe"),
      fullUs: us("full"),
      fullMainUs: main.length > 0 ? Math.round(median(main)) : null,
      ...operations,
      p99Ms: p99Of(answers),
      lost: answers.filter(({ ok }) => !ok).length,
      seconds,
    };
  } finally {
    await Promise.all([...servers.values()].map(({ child }) => stop(child)));
  }
}

/** All are warmed up; then they take turns, so that a slow moment of the machine meets all. */
async function measure(
  servers: Map<Compared, Running>,
  { most, pushes, warmUp }: { most: number; pushes: number; warmUp: number },
): Promise<(name: Compared) => Round[]> {
  const rounds = new Map<Compared, Round[]>(NAMES.map((name) => [name, []]));
  for (const [name, { port }] of servers) await closedLoop(port, postsFor(name, warmUp));
  const start = performance.now();
  for (let round = 0; round < most; round++) {
    if (round >= FEWEST_ROUNDS && performance.now() - start > ROUNDS_MS) break;
    for (const [name, server] of servers) {
      const posts = postsFor(name, pushes);
      const before = await usage(server);
      await closedLoop(server.port, posts);
      rounds.get(name)?.push(perPush(before, await usage(server), pushes));
    }
  }
  return (name) => rounds.get(name) ?? [];
}

const postsFor = (name: Compared, count: number) => Array.from({ length: count }, () => nextPush(MODES[name]));

function perPush(before: Usage, after: Usage, pushes: number): Round {
  const mainUs = after.mainUs === null || before.mainUs === null ? null : (after.mainUs - before.mainUs) / pushes;
  return { cpuUs: (after.cpuUs - before.cpuUs) / pushes, mainUs };
}

/**
 * Store operations of one push, of a server that does nothing else: one push after the other, then many at
 * once.
 */
async function countedOperations(): Promise<Pick<PushFigures, "storeOps" | "storeOpsTogether">> {
  const counted = await start("counted");
  const each = async (inFlight?: number) => {
    await usage(counted);
    await closedLoop(counted.port, postsFor("full", COUNTED), inFlight);
    return Number(((await usage(counted)).storeOps / COUNTED).toFixed(2));
  };
  try {
    return { storeOps: await each(1), storeOpsTogether: await each() };
  } finally {
    await stop(counted.child);
  }
}

/** The flags of `npm start`, for all alike. */
function asStarted(): string[] {
  const file = new URL("../../../package.json", import.meta.url);
  const { scripts } = JSON.parse(readFileSync(file, "utf8")) as { scripts: { start: string } };
  return scripts.start.split(" ").filter((word) => word.startsWith("--"));
}

async function start(name: ServerName): Promise<Running> {
  const file = fileURLToPath(new URL("./push-server.js", import.meta.url));
  const child = fork(file, [name], {
    execArgv: asStarted(),
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = once(child, "exit").then(() => {
    throw new Error(`the ${name} server ended`);
  });
  const [{ port }] = (await Promise.race([once(child, "message"), ended])) as [{ port: number }];
  ended.catch(() => {});
  return { child, port, ended };
}

async function usage({ child, ended }: Running): Promise<Usage> {
  const answer = once(child, "message");
  child.send("usage");
  return ((await Promise.race([answer, ended])) as [Usage])[0];
}

/** Stops a server whatever it is doing, so that none outlives the run. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  const force = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  if (child.connected) child.send("stop");
  await ended;
  clearTimeout(force);
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const SECONDS = Number(process.env.BENCH_SECONDS);

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(`${JSON.stringify(await benchPush(SECONDS ? { seconds: SECONDS } : {}))}\n`);
}
