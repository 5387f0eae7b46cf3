import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { loadConfig } from "../../src/config.ts";
import { createCollections } from "../../src/create-collections.ts";
import { cellOf, FLAGS } from "../../src/domain/case-facets.ts";
import { createLog } from "../../src/log.ts";
import { createMetrics } from "../../src/metrics.ts";
import { openStore } from "../../src/open-store.ts";
import { idOf } from "../seed/cases.ts";
import { copyCases } from "../seed/copies.ts";
import { seed } from "../seed/main.ts";
import { withBar } from "../seed/progress.ts";
import { type Random, randomOf } from "../seed/random.ts";
import { startApp, type TestApp } from "../support/app.ts";
import { CALM_DATABASE } from "../support/calm-database.ts";
import { closeDatabase, databaseUri as newDatabaseUri } from "../support/database.ts";
import { type DeskClient, signedInOfficer } from "../support/desk-client.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const KINDS = ["queue", "districtQueue", "search", "file"] as const;
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
  /** whose account reaches one district */
  ofDistrict: DeskClient;
  random: Random;
  cases: number;
}

interface Size {
  cases: number;
  /** so many of them as the seed makes them; the others are copies of these */
  whole: number;
}

/** At the latest the start of the desk builds every index that production has. */
async function fill(size: Size): Promise<Filled> {
  const env = { LOG_LEVEL: "silent", DATA_DIR: temporaryFolder("desk") };
  const databaseUri = await newDatabaseUri();
  await write(size, { env, databaseUri });
  const started = performance.now();
  const app = await startApp({ env, databaseUri });
  tell(`the desk over ${size.cases} cases started, with its indexes, in ${seconds(started)} s`);
  const district = app.config.rules.districts[0]?.code ?? null;
  return {
    ...{ app, random: randomOf(size.cases), cases: size.cases },
    officer: await signedInOfficer(app, { number: "P-bench", role: "supervisor" }),
    ofDistrict: await signedInOfficer(app, { number: "P-district", role: "officer", district }),
  };
}

interface Place {
  env: Record<string, string>;
  databaseUri: string;
}

async function write({ cases, whole }: Size, { env, databaseUri }: Place): Promise<void> {
  const started = performance.now();
  const config = await loadConfig({ SIMULATOR: "true", ...env });
  const log = createLog("silent");
  const store = await openStore(config, { databaseUri, limits: CALM_DATABASE }, log, createMetrics());
  try {
    // indexes are quicker kept up than built, until most of it comes in bulk
    if (cases === whole) await createCollections(config, store, log);
    const order = { cases: whole, seed: SEED, pictures: 0, besideReal: false };
    await withBar(whole, (done) => seed(store, config, order, done));
    if (cases > whole)
      await withBar(cases - whole, (done) => copyCases(store, config, { cases, whole, seed: SEED }, done));
  } finally {
    await store.close();
  }
  tell(`${cases} cases written, ${whole} of them whole, in ${seconds(started)} s`);
}

const seconds = (since: number): number => Math.round((performance.now() - since) / 1000);
const tell = (line: string): void => void process.stderr.write(`  ${line}\n`);

/** Milliseconds until the whole page is there. */
async function page(officer: DeskClient, path: string): Promise<number> {
  const start = performance.now();
  const answer = await officer.get(path);
  await answer.text();
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
  return performance.now() - start;
}

const anId = ({ random, cases }: Filled): string => idOf(SEED, random.below(cases));

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
  districtQueue: ({ ofDistrict }) => page(ofDistrict, "/police/queue"),
  search: async (filled) => page(filled.officer, `/police/search?${await query(filled)}`),
  file: (filled) => page(filled.officer, `/police/cases/${anId(filled)}`),
};

/** Looks in turn at few and at many, so that a busy moment of the machine meets both. */
async function measure(desks: readonly Filled[], looks: number): Promise<Figures[]> {
  const none = (): Record<Kind, number[]> => ({ queue: [], districtQueue: [], search: [], file: [] });
  const times = desks.map(none);
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
  /** on the database of MONGODB_URI only; this and `many`: 0 for not at all */
  most: number;
  /** how many of `most` are whole */
  whole: number;
  looks: number;
}

async function benchDesk({ few, many, most, whole, looks }: Sizes): Promise<{ all: Figures[]; ratio: number }> {
  const second = process.env.MONGODB_URI;
  const sizes: Size[] = [few, many].filter((cases) => cases > 0).map((cases) => ({ cases, whole: cases }));
  if (second && most > 0) sizes.push({ cases: most, whole: Math.min(whole, most) });
  const desks: Filled[] = [];
  try {
    for (const size of sizes) desks.push(await fill(size));
    const all = await measure(desks, looks);
    for (const [at, figures] of all.entries())
      say(`${String(sizes[at]!.cases).padStart(9)} cases  ${JSON.stringify(figures)}`);
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
    options: {
      ...{ few: number(1_000), many: number(100_000), most: number(1_000_000) },
      ...{ whole: number(10_000), looks: number(200) },
    },
  });
  const sizes = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Number(value)]));
  const { all, ratio } = await benchDesk(sizes as unknown as Sizes);
  const worst = (...kinds: Kind[]) => Math.max(...all.flatMap(({ p95 }) => kinds.map((kind) => p95[kind])));
  const queueP95Ms = worst("queue", "districtQueue");
  const figures = { queueP95Ms, searchP95Ms: worst("search"), fileP95Ms: worst("file"), ratio };
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
