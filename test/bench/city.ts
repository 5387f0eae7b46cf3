import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { Pair } from "../journeys/roadside.ts";
import { closeDatabase } from "../support/database.ts";
import { type CityServers, startCityServers } from "./city-servers.ts";

/** What is done: settlements at their own pace, then pushes at rising rates. */
export interface CityWork {
  /** for so long settlements begin, half a one a second */
  seconds: number;
  /** of each rate of pushes */
  pushSeconds: number;
  /** no rate above is tried */
  mostPerSecond: number;
}

export interface CityFigures {
  settlements: number;
  errors: number;
  /** 99th percentile of each step in ms, "push": a message to the account until its answer */
  p99Ms: Record<string, number>;
  /** lowest of each third of the settlements: what stays when garbage has been collected */
  memoryMb: [number, number, number];
  /** the highest rate at which the 99th percentile of a push stays under a second and none fails */
  pushesPerSecond: number;
  pushP99Ms: number;
}

export const CITY: CityWork = { seconds: 600, pushSeconds: 15, mostPerSecond: 800 };
const PER_SECOND = 0.5;
/** of a driver who waits for the other */
const LOOKS_EVERY_MS = 1_000;
const SAMPLE_MS = 1_000;
const MOST_PUSH_MS = 1_000;
const FIRST_PUSHES = 25;
/** between the last rate that held and the first that did not */
const HALVINGS = 3;
const PUSHERS = 400;

/** Milliseconds by step. */
class Times {
  readonly #all = new Map<string, number[]>();

  note(step: string, ms: number): void {
    const times = this.#all.get(step) ?? [];
    this.#all.set(step, times);
    times.push(ms);
  }

  p99(): Record<string, number> {
    return Object.fromEntries([...this.#all].sort().map(([step, times]) => [step, p99Of(times)]));
  }
}

function p99Of(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return Math.round(sorted[Math.max(0, Math.ceil(sorted.length * 0.99) - 1)] ?? 0);
}

/** Measures two processes on one database under the traffic of a city; `say` hears how far it is. */
export async function city(work: CityWork, say: (line: string) => void): Promise<CityFigures> {
  const servers = await startCityServers();
  try {
    // the first one compiles what all others run
    await settle(servers, new Pair("first", { pauseMs: LOOKS_EVERY_MS }), new Times());
    const settled = await settlements(servers, work, say);
    const pushes = await highestRate(servers, work, say);
    return { ...settled, ...pushes };
  } finally {
    await servers.close();
  }
}

type Settled = Pick<CityFigures, "settlements" | "errors" | "p99Ms" | "memoryMb">;

async function settlements(servers: CityServers, { seconds }: CityWork, say: (line: string) => void): Promise<Settled> {
  const times = new Times();
  const memory: number[] = [];
  const pairs: Pair[] = [];
  let errors = 0;
  const sampling = setInterval(() => memory.push(servers.anonMb()), SAMPLE_MS);
  const fail = (error: unknown): void => {
    errors++;
    say(`error: ${error instanceof Error ? error.message : String(error)}`);
  };
  const driving: Promise<void>[] = [];
  const started = performance.now();
  const count = Math.max(1, Math.round(seconds * PER_SECOND));
  for (let n = 0; n < count; n++) {
    await sleep(Math.max(0, (n * 1000) / PER_SECOND - (performance.now() - started)));
    const pair = new Pair(`city${n}`, { pauseMs: LOOKS_EVERY_MS });
    pairs.push(pair);
    driving.push(settle(servers, pair, times).catch(fail));
    if (n % 30 === 29) say(`${n + 1} of ${count} settlements begun, ${errors} errors, ${servers.anonMb()} MB`);
  }
  await Promise.all(driving);
  clearInterval(sampling);
  memory.push(servers.anonMb());
  errors += pairs.reduce((sum, { broken, refused }) => sum + broken + refused, 0);
  return { settlements: count, errors, p99Ms: times.p99(), memoryMb: floorsOf(memory) };
}

/** From finding the account to both signatures. */
async function settle(servers: CityServers, pair: Pair, times: Times): Promise<void> {
  pair.onStep = (step, ms) => times.note(step, ms);
  await follow(servers, pair, times);
  await pair.drive(servers.url);
  if (pair.stood.A !== "done" || pair.stood.B !== "done") throw new Error(`${pair.name} did not come to its end`);
}

/** Driver A finds the account and asks how far things are. */
async function follow({ standIns: { platform } }: CityServers, pair: Pair, times: Times): Promise<void> {
  const openid = pair.openidOf("A");
  for (const act of [() => platform.follow(openid), () => platform.sendText(openid, "进度")]) {
    const started = performance.now();
    const { outcome, tries } = await act();
    times.note("push", performance.now() - started);
    if (outcome !== "answered" || tries > 1) throw new Error(`a push was ${outcome} at attempt ${tries}`);
  }
}

function floorsOf(samples: readonly number[]): [number, number, number] {
  const third = Math.ceil(samples.length / 3);
  const floor = (n: number) =>
    Math.min(...samples.slice(Math.min(n * third, samples.length - 1), (n + 1) * third || 1));
  return [floor(0), floor(1), floor(2)];
}

/** Doubles the rate until it does not hold, then halves the distance to the last that did. */
async function highestRate(
  servers: CityServers,
  work: CityWork,
  say: (line: string) => void,
): Promise<Pick<CityFigures, "pushesPerSecond" | "pushP99Ms">> {
  const { platform } = servers.standIns;
  for (let n = 0; n < PUSHERS; n++) await platform.follow(pusher(n));
  let best = { pushesPerSecond: 0, pushP99Ms: 0 };
  const holds = async (rate: number): Promise<boolean> => {
    const { p99, failed } = await pushing(servers, rate, work.pushSeconds);
    say(`${rate} pushes a second: p99 ${p99} ms, ${failed} failed`);
    if (failed > 0 || p99 >= MOST_PUSH_MS) return false;
    best = { pushesPerSecond: rate, pushP99Ms: p99 };
    return true;
  };
  let rate = FIRST_PUSHES;
  while (rate <= work.mostPerSecond && (await holds(rate))) rate *= 2;
  for (let n = 0, step = rate / 4; n < HALVINGS && rate <= work.mostPerSecond; n++, step /= 2)
    await holds(Math.round(best.pushesPerSecond + step));
  return best;
}

const pusher = (n: number): string => `o_city_pusher_${n % PUSHERS}`;

/** Sends at this rate, whether the servers keep up or not; the time of each is from when it was due. */
async function pushing({ standIns: { platform } }: CityServers, perSecond: number, seconds: number) {
  const started = performance.now();
  const sent: Promise<{ ms: number; ok: boolean }>[] = [];
  for (let n = 0; n < perSecond * seconds; n++) {
    const due = started + (n * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 0) await sleep(early);
    const one = platform.sendText(pusher(n), "进度");
    sent.push(
      one.then(({ outcome, tries }) => ({ ms: performance.now() - due, ok: outcome === "answered" && tries === 1 })),
    );
  }
  const all = await Promise.all(sent);
  return { p99: p99Of(all.map(({ ms }) => ms)), failed: all.filter(({ ok }) => !ok).length };
}

/** A part of the work, at least one settlement and a second of pushes. */
export const shareOf = (share: number): CityWork => ({
  seconds: Math.max(2, Math.round(CITY.seconds * share)),
  pushSeconds: Math.max(1, Math.round(CITY.pushSeconds * share)),
  mostPerSecond: CITY.mostPerSecond,
});

/** The last line is one JSON object; code 1 for any error. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { share: { type: "string", default: "1" } } });
  const figures = await city(shareOf(Number(values.share)), (line) => process.stderr.write(`  ${line}\n`));
  if (figures.errors > 0) process.exitCode = 1;
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await main();
  } finally {
    await closeDatabase();
  }
}
