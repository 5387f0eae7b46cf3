import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setPriority } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";
import { loadConfig } from "../../src/config.ts";
import { type Context, createContext } from "../../src/context.ts";
import { NICENESS } from "../../src/photos/lane/picture-process.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { cpuMsOfTree } from "./cpu-of-tree.ts";
import { phonePicture } from "./phone-picture.ts";

const SECONDS = 24;
/** Pictures at once, for both alike: two are decoded while two are stored. */
const PARALLEL = 4;
/** Pictures of one turn; the other one's turn follows. */
const TURN = 12;
const ALONE = 30;

interface Totals {
  pictures: number;
  ms: number;
  cpuMs: number;
}

/**
 * Measures the whole picture lane (check, hash, copy, thumbnail, measures; original, copy and thumbnail
 * sealed and stored in the embedded database) beside bare sharp that makes the same two pictures and stores
 * nothing. They alternate within one run, and sharp runs in a process of its own with the same low priority,
 * so that other load slows both alike.
 */
export async function benchPhotos(seconds = SECONDS): Promise<Record<string, number>> {
  const dir = temporaryFolder("bench");
  const config = await loadConfig({
    DATA_DIR: dir,
    PORT: "0",
    PUBLIC_URL: "http://127.0.0.1",
    LOG_LEVEL: "silent",
    PHOTO_READER: "false",
  });
  const ctx = await createContext(config);
  const bare = await startBare();
  try {
    return await measure(ctx, bare, seconds);
  } finally {
    bare.disconnect();
    await ctx.close();
  }
}

async function startBare(): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL("./bare-sharp.js", import.meta.url)), {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  if (child.pid) setPriority(child.pid, NICENESS);
  await once(child, "message");
  return child;
}

async function measure(ctx: Context, bareSharp: ChildProcess, seconds: number): Promise<Record<string, number>> {
  const picture = await phonePicture();
  const ours = (pictures: number) => timed(pictures, () => takeInAll(ctx, picture, pictures));
  const bare = (pictures: number) => timed(pictures, () => ask(bareSharp, pictures));
  await ours(PARALLEL);
  await bare(PARALLEL);
  const totals = { ours: { pictures: 0, ms: 0, cpuMs: 0 }, bare: { pictures: 0, ms: 0, cpuMs: 0 } };
  const end = performance.now() + seconds * 1000;
  // alternating: other load slows both alike
  while (performance.now() < end) {
    add(totals.ours, await ours(TURN));
    add(totals.bare, await bare(TURN));
  }
  const alone: number[] = [];
  for (let at = 0; at < ALONE; at++) alone.push((await ours(1)).ms);
  alone.sort((a, b) => a - b);
  const [perSecond, barePerSecond] = [speed(totals.ours), speed(totals.bare)];
  return {
    ratio: round(perSecond / barePerSecond),
    perSecond: round(perSecond),
    cpuMs: round(totals.ours.cpuMs / totals.ours.pictures),
    barePerSecond: round(barePerSecond),
    bareCpuMs: round(totals.bare.cpuMs / totals.bare.pictures),
    aloneMedianMs: Math.round(alone[ALONE / 2]!),
    aloneP95Ms: Math.round(alone[Math.floor(ALONE * 0.95)]!),
    photoMegabytes: round(picture.length / 1e6),
  };
}

/** Handles an arriving photograph, without the plate and the accident's record. */
async function takeIn(ctx: Context, picture: Buffer): Promise<void> {
  const id = ctx.randomId();
  const owner = { id, key: ctx.vault.newKey(id).key };
  const { copy, thumb } = await ctx.photos.examine(picture);
  await ctx.blobs.saveAll(owner, [
    { bytes: picture, kind: "original" },
    { bytes: copy, kind: "copy" },
    { bytes: thumb, kind: "thumb" },
  ]);
}

async function takeInAll(ctx: Context, picture: Buffer, pictures: number): Promise<void> {
  let left = pictures;
  const one = async () => {
    while (left-- > 0) await takeIn(ctx, picture);
  };
  await Promise.all(Array.from({ length: PARALLEL }, one));
}

async function ask(bareSharp: ChildProcess, pictures: number): Promise<void> {
  const done = once(bareSharp, "message");
  bareSharp.send({ pictures, parallel: PARALLEL });
  await done;
}

async function timed(pictures: number, work: () => Promise<void>): Promise<Totals> {
  const cpu = await cpuMsOfTree();
  const start = performance.now();
  await work();
  const ms = performance.now() - start;
  return { pictures, ms, cpuMs: (await cpuMsOfTree()) - cpu };
}

function add(totals: Totals, { pictures, ms, cpuMs }: Totals): void {
  totals.pictures += pictures;
  totals.ms += ms;
  totals.cpuMs += cpuMs;
}

const speed = ({ pictures, ms }: Totals) => (pictures * 1000) / ms;
const round = (value: number) => Math.round(value * 100) / 100;

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const figures = await benchPhotos(Number(process.env.BENCH_SECONDS) || SECONDS);
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}
