import { closeDatabase } from "../support/database.ts";
import { benchPhotos } from "./photos.ts";
import { benchPush } from "./push.ts";
import { benchSettlements } from "./settlements.ts";
import { benchStore } from "./store.ts";

/** A short run of `bench:push`, enough for the order of magnitude. */
const SHORT_PUSH = { seconds: 10, rounds: 3, pushes: 500, warmUp: 2_000 };

type Figures = Record<string, number | null>;

const BENCHES: readonly (readonly [title: string, bench: () => Promise<object>])[] = [
  ["Photos of 12 megapixels, beside bare sharp", benchPhotos],
  ["Settlements: five photos, two signatures, the paper, two claims", () => benchSettlements()],
  ["The database: durable inserts and indexed reads", benchStore],
  ["A WeChat push: CPU µs, beside bare Koa and co-wechat; 200 a second", () => benchPush(SHORT_PUSH)],
];

/**
 * The figures of one run on this machine, a table for each bench; the last line is all of them as one JSON
 * object.
 */
async function main(): Promise<void> {
  const all: Figures = {};
  for (const [title, bench] of BENCHES) {
    const start = performance.now();
    const figures = (await bench()) as Figures;
    say(`\n${title} (${((performance.now() - start) / 1000).toFixed(0)} s)`);
    for (const [name, value] of Object.entries(figures))
      say(`  ${name.padEnd(40)}${String(value ?? "-").padStart(10)}`);
    Object.assign(all, figures);
  }
  if (!process.env.MONGODB_URI) say("\nMONGODB_URI names no second database: the embedded one stands alone.");
  say(`\n${JSON.stringify(all)}`);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

try {
  await main();
} finally {
  await closeDatabase();
}
