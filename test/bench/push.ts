import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath, pathToFileURL } from "node:url";
import { closedLoop, openLoop } from "./push-load.ts";
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
  storeOps: number;
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
const ROUNDS = 7;
const PUSHES = 1_000;
const WARM_UP = 3_000;
const COUNTED = 200;
const PER_SECOND = 200;
const P99 = 0.99;

interface Running {
  child: ChildProcess;
  port: number;
}
interface Round {
  cpuUs: number;
  mainUs: number | null;
}

/** CPU for each push beside bare servers, in interleaved rounds of one run, then 200 pushes a second for a minute. This process is the load. */
export async function benchPush(seconds = Number(process.env.BENCH_SECONDS ?? 60)): Promise<PushFigures> {
  const servers = new Map<Compared, Running>();
  try {
    for (const name of NAMES) servers.set(name, await start(name));
    const rounds = await measure(servers);
    const full = servers.get("full") as Running;
    const answers = await openLoop(full.port, { perSecond: PER_SECOND, seconds, make: () => nextPush("safe") });
    const times = answers.map(({ ms }) => ms).sort((a, b) => a - b);
    const us = (name: Compared) => Math.round(median(rounds(name).map(({ cpuUs }) => cpuUs)));
    const main = rounds("full").flatMap(({ mainUs }) => (mainUs === null ? [] : [mainUs]));
    return {
      koaUs: us("koa"),
      coWechatUs: us("coWechat"),
      plainUs: us("plain"),
      safeUs: us("safe"),
      fullUs: us("full"),
      fullMainUs: main.length > 0 ? Math.round(median(main)) : null,
      storeOps: await operations(),
      p99Ms: Number((times[Math.ceil(times.length * P99) - 1] ?? 0).toFixed(1)),
      lost: answers.filter(({ ok }) => !ok).length,
      seconds,
    };
  } finally {
    await Promise.all([...servers.values()].map(({ child }) => stop(child)));
  }
}

/** All are warmed up; then they take turns, so that a slow moment of the machine meets all. */
async function measure(servers: Map<Compared, Running>): Promise<(name: Compared) => Round[]> {
  const rounds = new Map<Compared, Round[]>(NAMES.map((name) => [name, []]));
  for (const [name, { port }] of servers) await closedLoop(port, pushes(WARM_UP, MODES[name]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, server] of servers) {
      const posts = pushes(PUSHES, MODES[name]);
      const before = await usage(server);
      await closedLoop(server.port, posts);
      rounds.get(name)?.push(perPush(before, await usage(server)));
    }
  }
  return (name) => rounds.get(name) ?? [];
}

const pushes = (count: number, mode: "plain" | "safe") => Array.from({ length: count }, () => nextPush(mode));

function perPush(before: Usage, after: Usage): Round {
  const mainUs = after.mainUs === null || before.mainUs === null ? null : (after.mainUs - before.mainUs) / PUSHES;
  return { cpuUs: (after.cpuUs - before.cpuUs) / PUSHES, mainUs };
}

/** Store operations of one push, of a server that does nothing else. */
async function operations(): Promise<number> {
  const counted = await start("counted");
  try {
    await usage(counted);
    await closedLoop(counted.port, pushes(COUNTED, "safe"));
    return (await usage(counted)).storeOps / COUNTED;
  } finally {
    await stop(counted.child);
  }
}

async function start(name: ServerName): Promise<Running> {
  const file = fileURLToPath(new URL("./push-server.js", import.meta.url));
  const child = fork(file, [name], {
    execArgv: ["--enable-source-maps"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const ended = once(child, "exit").then(() => {
    throw new Error(`the ${name} server ended`);
  });
  const [{ port }] = (await Promise.race([once(child, "message"), ended])) as [{ port: number }];
  ended.catch(() => {});
  return { child, port };
}

async function usage({ child }: Running): Promise<Usage> {
  const answer = once(child, "message");
  child.send("usage");
  return ((await answer) as [Usage])[0];
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || !child.connected) return;
  const ended = once(child, "exit");
  child.send("stop");
  await ended;
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(`${JSON.stringify(await benchPush())}\n`);
}
