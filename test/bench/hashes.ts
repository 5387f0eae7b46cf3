import { setImmediate as turn } from "node:timers/promises";
import { parseArgs } from "node:util";
import mongoose, { type Connection } from "mongoose";
import { hammingDistance, looksLike } from "../../src/domain/image-hash.ts";
import { createPhotoHashes, keysOf, type PhotoHashes } from "../../src/store/photo-hashes.ts";
import { closeDatabase, databaseUri } from "../support/database.ts";
import { numbersFrom } from "../support/random.ts";

const SEED = 20261129;
const AT_ONCE = 1_000;
/** A copy differs in so many bits at most that a lookup looks for it; beyond, a hit is luck. */
const CERTAIN_BITS = 4;
const MOST_BITS = 6;
/** Of each hundred photographs one is a copy of a picture that many have, as staged accidents reuse them. */
const COPIED_SHARE = 0.01;
const COPIED_PICTURES = 40;

interface Hashes {
  high: Uint32Array;
  low: Uint32Array;
}

/** Made-up hashes, the same for the same count on every machine. */
function hashesOf(count: number, random: () => number): Hashes {
  const word = () => Math.floor(random() * 2 ** 32);
  const copied = Array.from({ length: COPIED_PICTURES }, () => [word(), word()] as const);
  const [high, low] = [new Uint32Array(count), new Uint32Array(count)];
  for (let at = 0; at < count; at++) {
    const copy = random() < COPIED_SHARE ? copied[Math.floor(random() * COPIED_PICTURES)] : undefined;
    [high[at], low[at]] = copy ?? [word(), word()];
  }
  return { high, low };
}

const hexOf = ({ high, low }: Hashes, at: number): string =>
  [high[at], low[at]].map((half) => (half as number).toString(16).padStart(8, "0")).join("");

/** Case numbers of one day each are in the order of the photographs. */
const numberOf = (at: number): string => `KC20261129-${String(at).padStart(9, "0")}`;

async function insert(connection: Connection, hashes: Hashes, tell: (done: number) => void): Promise<void> {
  const collection = connection.collection<{ _id: string }>("photo_hashes");
  const count = hashes.high.length;
  for (let from = 0; from < count; from += AT_ONCE) {
    const documents = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, n) => {
      const hash = hexOf(hashes, from + n);
      return { _id: `case-${from + n}/p1`, number: numberOf(from + n), hash, keys: keysOf(hash) };
    });
    await collection.insertMany(documents, { ordered: false });
    tell(from + documents.length);
  }
}

const bitsOf = (word: number): number => {
  let rest = word - ((word >>> 1) & 0x55555555);
  rest = (rest & 0x33333333) + ((rest >>> 2) & 0x33333333);
  return (((rest + (rest >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
};

/** Compares with all of them: how many bits the most similar one differs in; null: none looks the same. */
function bruteForce(hashes: Hashes, wanted: string): number | null {
  const [high, low] = [0, 8].map((from) => Number.parseInt(wanted.slice(from, from + 8), 16)) as [number, number];
  let best = MOST_BITS + 1;
  for (let at = 0; at < hashes.high.length; at++) {
    const bits = bitsOf((hashes.high[at] as number) ^ high) + bitsOf((hashes.low[at] as number) ^ low);
    if (bits < best && looksLike(hexOf(hashes, at), wanted)) best = bits;
  }
  return best > MOST_BITS ? null : best;
}

/** A hash of the store with so many bits turned. */
function turned(hash: string, count: number, random: () => number): string {
  const bits = new Set<number>();
  while (bits.size < count) bits.add(Math.floor(random() * 64));
  let value = BigInt(`0x${hash}`);
  for (const bit of bits) value ^= 1n << BigInt(bit);
  return value.toString(16).padStart(16, "0");
}

interface Looked {
  bits: number;
  isFound: boolean;
  isNearest: boolean;
  metLimit: boolean;
  indexMs: number;
  bruteMs: number;
}

async function look(store: PhotoHashes, hashes: Hashes, wanted: string): Promise<Looked | null> {
  const started = performance.now();
  const bits = bruteForce(hashes, wanted);
  const between = performance.now();
  const met = store.countLimitMet();
  const found = await store.findLike({ accidentId: "now", imageHash: wanted });
  const ended = performance.now();
  if (bits === null) return null;
  return {
    bits,
    isFound: found !== null,
    isNearest: found !== null && hammingDistance(found.imageHash, wanted) === bits,
    metLimit: store.countLimitMet() > met,
    indexMs: ended - between,
    bruteMs: between - started,
  };
}

const share = (some: readonly unknown[], all: readonly unknown[]): number | null =>
  all.length === 0 ? null : Number((some.length / all.length).toFixed(4));

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(2));
}

/** Recall of the lookup by what brute force finds: where the limit was met, and where it was not. */
function figuresOf(hashes: number, looked: readonly Looked[]) {
  const free = looked.filter(({ metLimit }) => !metLimit);
  const met = looked.filter(({ metLimit }) => metLimit);
  const recall = (some: readonly Looked[]) =>
    share(
      some.filter(({ isFound }) => isFound),
      some,
    );
  const byBits = Array.from({ length: MOST_BITS + 1 }, (_, bits) => [
    bits,
    recall(free.filter((one) => one.bits === bits)),
  ]);
  const [index, brute] = [looked.map(({ indexMs }) => indexMs), looked.map(({ bruteMs }) => bruteMs)];
  return {
    hashes,
    queries: looked.length,
    recall: recall(looked),
    recallByBits: Object.fromEntries(byBits) as Record<string, number | null>,
    nearest: share(
      looked.filter(({ isNearest }) => isNearest),
      looked,
    ),
    limitMet: met.length,
    recallWhereMet: recall(met),
    indexMedianMs: quantile(index, 0.5),
    indexP99Ms: quantile(index, 0.99),
    bruteMedianMs: quantile(brute, 0.5),
    ratio: Number((quantile(brute, 0.5) / quantile(index, 0.5)).toFixed(1)),
  };
}

/**
 * How many of the similar photographs that a comparison with all of them finds the lookup by its index finds
 * as well, and how much faster. The last line is one JSON object; code 1 where a copy of at most four bits is
 * missed without a met limit.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { hashes: { type: "string", default: "1000000" }, queries: { type: "string", default: "1000" } },
  });
  const [count, queries] = [Number(values.hashes), Number(values.queries)];
  const random = numbersFrom(SEED);
  const hashes = hashesOf(count, random);
  const connection = await mongoose.createConnection(await databaseUri()).asPromise();
  try {
    const store = await createPhotoHashes(connection, { warn: () => {} });
    const started = performance.now();
    await insert(connection, hashes, (done) => {
      if (done % (AT_ONCE * 50) === 0)
        process.stderr.write(`  ${done} of ${count} hashes, ${Math.round((performance.now() - started) / 1000)} s\n`);
    });
    const looked: Looked[] = [];
    for (let n = 0; n < queries; n++) {
      const wanted = turned(hexOf(hashes, Math.floor(random() * count)), n % (MOST_BITS + 1), random);
      const one = await look(store, hashes, wanted);
      if (one) looked.push(one);
      await turn();
    }
    const figures = figuresOf(count, looked);
    const isMissed = looked.some(({ bits, isFound, metLimit }) => bits <= CERTAIN_BITS && !isFound && !metLimit);
    if (isMissed || looked.length === 0) process.exitCode = 1;
    process.stdout.write(`${JSON.stringify(figures)}\n`);
  } finally {
    await connection.close();
    await closeDatabase();
  }
}

await main();
