import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadConfig } from "../../src/config.ts";
import { createContext } from "../../src/context.ts";
import { firstBrokenEvent } from "../../src/store/event-chain.ts";
import { freePort } from "../support/database.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { decide } from "./dispute.ts";
import { demoPhotos } from "./photos.ts";
import { serverEnv } from "./server-env.ts";
import { ServerProcess } from "./server-process.ts";
import { settle } from "./settle.ts";
import type { Settled } from "./stage.ts";
import { type StandIns, startStandIns } from "./stand-ins.ts";

const USAGE = `npm run demo -- [--dispute] [--photos DIR] [--kill | --kill-every N] [--server FILE] [--out DIR]
  --dispute     the two disagree, and an officer decides at the desk
  --photos DIR  five pictures of this folder instead of the drawn samples
  --kill        the server is killed (kill -9) and started again between any two steps
  --kill-every  … after every Nth step only
  --server FILE a program that starts the server, instead of this project's own
  --out DIR     where the papers go (demo-out)`;

/**
 * A whole settlement, or a dispute up to the officer's letter, over real HTTP, on a server that it starts
 * itself; exit code 1 if any step is not as it should be.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      dispute: { type: "boolean", default: false },
      photos: { type: "string" },
      kill: { type: "boolean" },
      "kill-every": { type: "string" },
      server: { type: "string" },
      out: { type: "string", default: "demo-out" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return say(USAGE);
  const killEvery = values.kill ? 1 : Number(values["kill-every"] ?? Number.POSITIVE_INFINITY);
  if (!(killEvery >= 1)) throw new Error(USAGE);
  let steps = 0;
  const photos = await demoPhotos(values.photos);
  const [port, standInPort] = [await freePort(), await freePort()];
  const appUrl = `http://127.0.0.1:${port}`;
  const dir = temporaryFolder("demo");
  const { dispute } = values;
  // what an officer determined is said in version 2
  const standIns = await startStandIns({ port: standInPort, appUrl, piccReads: dispute ? 2 : 1 });
  const env = { ...(await serverEnv({ name: "demo", dir, port, standIns })), POLICE_DESK: String(dispute) };
  const server = new ServerProcess(appUrl, env, values.server ? [values.server] : undefined);
  try {
    await timed("the server starts", () => server.start());
    const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      const result = await timed(name, work);
      steps += 1;
      if (steps % killEvery === 0) await timed("  kill -9, restart", () => server.killAndRestart());
      return result;
    };
    const stage = { appUrl, standIns, photos, name: "demo", step };
    const settled = dispute ? await decide(stage, env) : await settle(stage);
    const code = await timed("SIGTERM: the server drains and ends", () => server.stop());
    if (code !== 0) throw new Error(`the server ended with ${code}`);
    const events = await readEvents(env, settled.accidentId);
    await writePapers(values.out, { settled, standIns, events });
    say("");
    for (const { code, body } of standIns.insurers.inbox()) say(`  ${code}  ${roleIn(body)}`);
    say(
      `\n${settled.pages.length} pages, ${standIns.insurers.inbox().length} claims, ${events.length} events in ${values.out}/; all as it should be.`,
    );
  } finally {
    await server.stop();
    standIns.close();
  }
}

/** What a claim is for, as its insurer reads it: in 1.0 by its customer's share alone. */
function roleIn(body: string): string {
  const { schemaVersion, data } = JSON.parse(body) as {
    schemaVersion: string;
    data: {
      role?: string;
      parties: { label: string; role: string }[];
      liability: { basis?: string; shares: { party: string; percent: number }[] };
    };
  };
  const insured = data.parties.find(({ role }) => role === "insured")?.label;
  const share = data.liability.shares.find(({ party }) => party === insured)?.percent;
  const { basis } = data.liability;
  return [`claim.submitted ${schemaVersion}`, data.role, basis, `its customer bears ${share} %`]
    .filter(Boolean)
    .join(", ");
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function timed<T>(name: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  say(`${(performance.now() - start).toFixed(0).padStart(6)} ms  ${name}`);
  return result;
}

/**
 * The record of the case, read from the database after the server has gone; throws when its chain does not
 * hold.
 */
async function readEvents(env: Record<string, string>, accidentId: string) {
  const ctx = await createContext(await loadConfig(env));
  try {
    const { id, events } = await ctx.accidents.get(accidentId);
    const broken = firstBrokenEvent(id, events);
    if (broken !== null) throw new Error(`the chain of events breaks at ${broken}`);
    return events;
  } finally {
    await ctx.close();
  }
}

async function writePapers(
  out: string,
  { settled, standIns, events }: { settled: Settled; standIns: StandIns; events: object[] },
): Promise<void> {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const claims = standIns.insurers
    .inbox()
    .map(({ code, headers, body }) => [`claim-${code}.json`, pretty({ headers, body: JSON.parse(body) })] as const);
  const pages = settled.pages.map((page, index) => [`${settled.paper}-${index + 1}.png`, page] as const);
  const files = [
    [`${settled.paper}.pdf`, settled.pdf] as const,
    ...pages,
    ...claims,
    ["events.json", pretty(events)] as const,
  ];
  await Promise.all(files.map(([name, content]) => writeFile(join(out, name), content)));
}

const pretty = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).stack}\n`);
  process.exitCode = 1;
});
