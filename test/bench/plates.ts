import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createPlateReader, type PlateReader } from "../../src/photos/plates/reader.ts";
import { degradedPictures } from "./plates/degraded-pictures.ts";
import { paintedPictures } from "./plates/painted-pictures.ts";
import { peakMegabytes } from "./plates/peak-memory.ts";

/** A photograph of which the plate is known; its bytes are fetched when its turn comes. */
export interface Original {
  name: string;
  plate: string;
  bytes: () => Promise<Buffer>;
}

export interface Labelled {
  name: string;
  /** counted together: the way of degrading, or the kind of plate */
  group: string;
  /** empty: nothing may be taken as read */
  plate: string;
  bytes: Buffer;
}

const USAGE = `npm run bench:plates -- DIR… [--degraded[=COUNT]] [--painted]
Each DIR holds labels.json, an array of { file, plate }. --degraded: each photograph spoilt in COUNT of 23 ways (all), instead of as it is;
--painted: plates of all kinds painted into the photographs.
`;
const SWITCH = /^--(painted|degraded(=[1-9]\d?)?)$/;

type Outcome = "exact" | "wrong" | "unread";
interface Group extends Record<Outcome, number> {
  total: number;
}

/**
 * The pictures of the folders, or with a switch those spoilt in many ways, or plates of all kinds painted
 * into them.
 */
async function main(words: readonly string[]): Promise<void> {
  const dirs = words.filter((word) => !word.startsWith("--"));
  const switches = words.filter((word) => word.startsWith("--"));
  if (dirs.length === 0 || switches.some((one) => !SWITCH.test(one))) {
    say(USAGE);
    process.exitCode = 2;
    return;
  }
  const originals = (await Promise.all(dirs.map(labelled))).flat();
  const reader = createPlateReader();
  try {
    if (!(await reader.isAvailable())) throw new Error("the optional packages for reading are not installed");
    const sets: AsyncIterable<Labelled>[] = [];
    const degraded = switches.find((one) => one.startsWith("--degraded"));
    if (degraded) sets.push(degradedPictures(originals, Number(degraded.split("=")[1] ?? Number.POSITIVE_INFINITY)));
    if (switches.includes("--painted")) sets.push(paintedPictures(originals, reader));
    await measure(reader, sets.length > 0 ? sets : [asTheyAre(originals)]);
  } finally {
    await reader.close();
  }
}

async function labelled(dir: string): Promise<Original[]> {
  const labels = JSON.parse(await readFile(join(dir, "labels.json"), "utf8")) as { file: string; plate: string }[];
  return labels.map(({ file, plate }) => ({ name: file, plate, bytes: () => readFile(join(dir, file)) }));
}

async function* asTheyAre(originals: readonly Original[]): AsyncGenerator<Labelled> {
  for (const { name, plate, bytes } of originals) yield { name, group: "photographs", plate, bytes: await bytes() };
}

async function measure(reader: PlateReader, sets: readonly AsyncIterable<Labelled>[]): Promise<void> {
  const groups = new Map<string, Group>();
  const times: number[] = [];
  for (const set of sets) {
    for await (const picture of set) {
      const start = performance.now();
      const outcome = await judge(reader, picture);
      times.push(performance.now() - start);
      const group = groups.get(picture.group) ?? { total: 0, exact: 0, wrong: 0, unread: 0 };
      group.total++;
      group[outcome]++;
      groups.set(picture.group, group);
    }
  }
  report(groups, times);
}

/**
 * Exact and wrong: taken as read without a question. Unread: nothing found, or only offered for confirmation;
 * where nothing may be read, that is exact.
 */
async function judge(reader: PlateReader, { name, plate, bytes }: Labelled): Promise<Outcome> {
  const reading = await reader.read(bytes, "awaited");
  const best = reading?.best;
  const asked: Outcome = plate ? "unread" : "exact";
  const outcome: Outcome = !best?.sure ? asked : best.plate === plate ? "exact" : "wrong";
  if (outcome !== "exact") {
    const offered = best
      ? `${best.plate} (gap ${(best.gap / 100).toFixed(1)}; ${best.runnersUp.join(" ")})`
      : "nothing";
    say(`${outcome.padEnd(7)}${name}: ${plate || "no plate"}, ${best?.sure ? "read as" : "offered"} ${offered}`);
  }
  return outcome;
}

function report(groups: ReadonlyMap<string, Group>, times: number[]): void {
  say(`\n${"".padEnd(20)}${["total", "exact", "wrong", "unread"].map((title) => title.padStart(8)).join("")}`);
  const all: Group = { total: 0, exact: 0, wrong: 0, unread: 0 };
  for (const [name, group] of groups) {
    say(
      name.padEnd(20) +
        Object.values(group)
          .map((count) => String(count).padStart(8))
          .join(""),
    );
    for (const key of Object.keys(all) as (keyof Group)[]) all[key] += group[key];
  }
  const sorted = times.sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
  // where pictures are painted or spoilt, that takes memory of this process too
  const { own, children } = peakMegabytes();
  const figures = { medianMs: at(0.5), p95Ms: at(0.95), peakMb: own + children, readerMb: children };
  say(`\n${JSON.stringify({ ...all, ...figures, groups: Object.fromEntries(groups) })}`);
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

await main(process.argv.slice(2));
