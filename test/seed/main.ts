import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type { Connection } from "mongoose";
import { type Config, loadConfig } from "../../src/config.ts";
import { createCollections } from "../../src/create-collections.ts";
import { Conflict } from "../../src/errors.ts";
import { createLog } from "../../src/log.ts";
import { createMetrics } from "../../src/metrics.ts";
import { type OpenStore, openStore } from "../../src/open-store.ts";
import { CALM_DATABASE } from "../support/calm-database.ts";
import { createBulkWriter } from "./bulk-writer.ts";
import { casesOf, idOf } from "./cases.ts";
import { createPapers } from "./papers.ts";
import { readPictures } from "./pictures.ts";
import { withBar } from "./progress.ts";

const USAGE = `npm run seed -- --cases N [--seed S] [--pictures P] [--beside-real-cases]
  --cases N     how many cases of the last year: settled, ended, disputed, with letters and claims, some running
  --seed S      a number; the same one makes the same cases (1)
  --pictures P  the newest P cases have their photographs and letters; those of all others are named and not kept (200)
  --beside-real-cases  also into a database that has other cases, or is a production one`;

/** Large batches may take their time. */
const PATIENT = CALM_DATABASE;

export interface Order {
  cases: number;
  seed: number;
  pictures: number;
  besideReal: boolean;
}

/** What is filled: a store that is open, with its indexes. */
export type Target = Pick<OpenStore, "connection" | "vault" | "blobs" | "now">;

/** Fills a database with cases for screenshots, benches, training; `tell` hears how many are done. */
export async function seed(store: Target, config: Config, order: Order, tell: (done: number) => void): Promise<void> {
  const { connection, vault, blobs, now } = store;
  await requireUnreal(config, connection, order);
  const [pictures, papers] = [await readPictures(), createPapers()];
  const writer = createBulkWriter(connection, { vault, catalogue: config.rules.catalogue });
  // the claims' messages are not sent, so nobody follows their links
  const wiring = { config, vault, insurers: { evidence: { url: () => "" } } };
  let done = 0;
  const drawn = order.pictures;
  for await (const accident of casesOf(wiring, { ...order, now: now(), pictures, papers, drawn })) {
    await writer.add(accident);
    if (done >= order.cases - drawn) await pictures.keep(blobs, accident);
    await papers.keep(blobs, accident);
    tell(++done);
  }
  await writer.end();
}

/** Throws where made-up cases would stand beside real ones. */
async function requireUnreal(
  { production }: Config,
  connection: Connection,
  { besideReal, seed }: Order,
): Promise<void> {
  const accidents = connection.collection<{ _id: string }>("accidents");
  if (await accidents.findOne({ _id: idOf(seed, 0) }))
    throw new Error(`seed ${seed} is in this database already: give another`);
  if (besideReal) return;
  const before = await accidents.findOne({ _id: { $lt: "seed-" } });
  const behind = await accidents.findOne({ _id: { $gte: "seed." } });
  if (production || before || behind)
    throw new Error(
      "this database has real cases, or is a production one: add --beside-real-cases to fill it all the same",
    );
}

function orderOf(words: string[]): Order {
  const { values } = parseArgs({
    args: words,
    options: {
      cases: { type: "string" },
      seed: { type: "string", default: "1" },
      pictures: { type: "string", default: "200" },
      "beside-real-cases": { type: "boolean", default: false },
    },
  });
  const [cases, seed, pictures] = [values.cases, values.seed, values.pictures].map(Number);
  const isWhole = (value: number | undefined, least: number): value is number =>
    Number.isSafeInteger(value) && value! >= least;
  if (!isWhole(cases, 1) || !isWhole(seed, 0) || !isWhole(pictures, 0)) throw new Error(USAGE);
  return { cases, seed, pictures, besideReal: values["beside-real-cases"] };
}

/** Opens the database of the settings; while a server owns the embedded one, over that. */
async function openTarget(config: Config): Promise<OpenStore> {
  const log = createLog("silent");
  const open = (databaseUri?: string) =>
    openStore(config, { limits: PATIENT, ...(databaseUri && { databaseUri }) }, log, createMetrics());
  const store = await open().catch((error: unknown) => {
    const uri = error instanceof Conflict ? error.details["uri"] : null;
    if (typeof uri !== "string") throw error;
    return open(uri);
  });
  await createCollections(config, store, log);
  return store;
}

async function main(): Promise<void> {
  const order = orderOf(process.argv.slice(2));
  const config = await loadConfig();
  const store = await openTarget(config);
  try {
    await withBar(order.cases, (tell) => seed(store, config, order, tell));
  } finally {
    await store.close();
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
}
