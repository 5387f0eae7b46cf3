import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { cellOf, FLAGS } from "../../src/domain/case-facets.ts";
import { createLog } from "../../src/log.ts";
import { createMetrics } from "../../src/metrics.ts";
import { openStore } from "../../src/open-store.ts";
import { seed } from "../seed/main.ts";
import { type Random, randomOf } from "../seed/random.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { CALM_DATABASE } from "../support/calm-database.ts";
import { closeDatabase } from "../support/database.ts";
import { type DeskClient, signedInOfficer } from "../support/desk-client.ts";

const KINDS = ["queue", "search", "file"] as const;
type Kind = (typeof KINDS)[number];

/** Milliseconds. */
interface Figures {
  p95: Record<Kind, number>;
  median: Record<Kind, number>;
}

/** What may be allowed for a page, and for many cases beside few. */
const MOST_MS = 300;
const MOST_RATIO = 1.3;
const WARM_UP = 20;
const SEED = 1;

/** A desk over so many cases. */
interface Filled {
  app: TestApp;
  officer: DeskClient;
  random: Random;
  cases: number;
}

async function fill(cases: number, databaseUri?: string): Promise<Filled> {
  const started = performance.now();
  const app = await startApp({ env: { LOG_LEVEL: "silent" }, ...(databaseUri && { databaseUri }) });
  const { config } = app.ctx;
  const limits = CALM_DATABASE;
  const store = await openStore(config, { databaseUri: app.databaseUri, limits }, createLog("silent"), createMetrics());
  let next = 0.1;
  const tell = (done: number) => {
    if (done < cases * next) return;
    process.stderr.write(`  ${done} of ${cases} cases, ${Math.round((performance.now() - started) / 1000)} s\n`);
    next += 0.1;
  };
  await seed(store, config, { cases, seed: SEED, pictures: 0, besideReal: false }, tell);
  await store.close();
  const officer = await signedInOfficer(app, { number: "P-bench", role: "supervisor" });
  return { app, officer, random: randomOf(cases), cases };
}

/** Milliseconds until the whole page is there. */
async function page(officer: DeskClient, path: string): Promise<number> {
  const start = performance.now();
  const answer = await officer.get(path);
  await answer.text();
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
  return performance.now() - start;
}

const anId = ({ random, cases }: Filled): string => `seed-${SEED}-${random.below(cases)}`;

/** Before and after these every size has cases enough for a page of a district. */
const MONTHS_AGO = [5, 6, 7];
/** Searches that fill a page; well over half, so that the median is one of them. */
const WHOLE_SHARE = 0.75;
const dayOf = (at: Date): string => new Date(at.getTime() + 8 * 3600_000).toISOString().slice(0, 10);

/**
 * One of all ways to search, with values of a case that is there. Each finds about as many at every size: one
 * case by what is its own, or a whole page. So the ratio tells of the cases that are not shown.
 */
async function query(filled: Filled): Promise<URLSearchParams> {
  const { app, random } = filled;
  const accident = await app.ctx.accidents.get(anId(filled));
  const { number, district, scene, parties, openedAt } = accident;
  const details = parties.A.details;
  const day = dayOf(openedAt);
  const then = dayOf(new Date(app.ctx.clock.now().getTime() - random.pick(MONTHS_AGO) * 30 * 24 * 3600_000));
  const own: Record<string, string>[] = [
    { q: number },
    ...(details ? [{ q: details.plate }, { q: details.phone }] : []),
    { cell: cellOf(scene.positions.A!), from: day, to: day },
    { q: details?.name ?? number, from: day, to: day },
  ];
  const whole: Record<string, string>[] = [
    { state: "settled" },
    { district: district ?? "", state: "settled" },
    { flag: random.pick(FLAGS) },
    { from: then },
    { from: then, state: "settled" },
    { district: district ?? "", from: then },
    { to: then },
  ];
  return new URLSearchParams(random.pick(random.chance(WHOLE_SHARE) ? whole : own));
}

const LOOKS: Record<Kind, (filled: Filled) => Promise<number>> = {
  queue: ({ officer }) => page(officer, "/police/queue"),
  search: async (filled) => page(filled.officer, `/police/search?${await query(filled)}`),
  file: (filled) => page(filled.officer, `/police/cases/${anId(filled)}`),
};

/** Looks in turn at few and at many, so that a busy moment of the machine meets both. */
async function measure(desks: readonly Filled[], looks: number): Promise<Figures[]> {
  const times = desks.map(() => ({ queue: [], search: [], file: [] }) as Record<Kind, number[]>);
  for (let n = -WARM_UP; n < looks; n++)
    for (const kind of KINDS)
      for (const [at, filled] of desks.entries()) {
        const ms = await LOOKS[kind](filled);
        if (n >= 0) times[at]![kind].push(ms);
      }
  const figures = (of: Record<Kind, number[]>, part: number) =>
    Object.fromEntries(KINDS.map((kind) => [kind, quantile(of[kind], part)])) as Record<Kind, number>;
  return times.map((of) => ({ p95: figures(of, 0.95), median: figures(of, 0.5) }));
}

const quantile = (values: number[], part: number): number =>
  round(values.sort((a, b) => a - b)[Math.floor(values.length * part)] ?? 0);
const round = (value: number): number => Math.round(value * 100) / 100;

/** The highest ratio of a page's median with many cases to that with few: a busy moment does not reach it. */
const ratioOf = (few: Figures, many: Figures): number =>
  Math.max(...KINDS.map((kind) => many.median[kind] / few.median[kind]));

interface Sizes {
  few: number;
  many: number;
  /** on the second database only; 0: not at all */
  most: number;
  looks: number;
}

async function benchDesk({ few, many, most, looks }: Sizes): Promise<{ all: Figures[]; ratio: number }> {
  const second = process.env.MONGODB_URI;
  const sizes = [few, many, ...(second && most > 0 ? [most] : [])];
  const desks: Filled[] = [];
  try {
    for (const cases of sizes) desks.push(await fill(cases));
    const all = await measure(desks, looks);
    for (const [at, figures] of all.entries())
      say(`${String(sizes[at]).padStart(9)} cases  ${JSON.stringify(figures)}`);
    return { all, ratio: round(Math.max(...all.slice(1).map((one) => ratioOf(all[0]!, one)))) };
  } finally {
    for (const { app } of desks) await app.stop();
  }
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Figures of the database of MONGODB_URI, else of the embedded one; the last line is one JSON object. */
async function main(): Promise<void> {
  const number = (default_: number) => ({ type: "string" as const, default: String(default_) });
  const { values } = parseArgs({
    options: { few: number(1_000), many: number(100_000), most: number(1_000_000), looks: number(200) },
  });
  const sizes = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));
  const { all, ratio } = await benchDesk(sizes as unknown as Sizes);
  const worst = (kind: Kind) => Math.max(...all.map((one) => one.p95[kind]));
  const figures = { queueP95Ms: worst("queue"), searchP95Ms: worst("search"), fileP95Ms: worst("file"), ratio };
  const { ratio: _, ...times } = figures;
  if (ratio > MOST_RATIO || Object.values(times).some((ms) => ms > MOST_MS)) process.exitCode = 1;
  say(JSON.stringify(figures));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    await main();
  } finally {
    await closeDatabase();
  }
}
