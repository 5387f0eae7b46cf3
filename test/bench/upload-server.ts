import { readFileSync } from "node:fs";
import { openAccident } from "../../src/actions/open-accident.ts";
import { loadConfig } from "../../src/config.ts";
import { type Context, createContext, type Overrides } from "../../src/context.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { isStored } from "../../src/domain/photo.ts";
import { macOf, signValue } from "../../src/http/cookies.ts";
import { startServer } from "../../src/server.ts";
import { sha256Of } from "../h5/upload-phone.ts";
import { standingClock } from "../support/clocks.ts";
import { freePort } from "../support/database.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { keepAccount } from "./push-traffic.ts";

/** A driver on the page of the photographs. */
export interface Opened {
  base: string;
  cookie: string;
  token: string;
}

export interface Usage {
  /**
   * highest so far: all resident memory of the server, and the part of it that is no mapped file (the
   * embedded database's; Linux)
   */
  rssMb: number;
  ownMb: number;
}

const SESSION_MS = 3_600_000;

/** No limit of a wait runs out, and pictures do not stand behind whatever else the machine does. */
const CALM: Overrides = {
  timer: standingClock(),
  limits: { commandMs: 60_000, bulkMs: 60_000, trialMs: 30_000, readyMs: 30_000 },
  pictureNiceness: 0,
};

/**
 * The whole server in a process of its own: it opens cases, is hammered from outside, and is asked for what
 * it has used and what it holds.
 */
async function main(): Promise<void> {
  const dir = temporaryFolder("uploads");
  const port = await freePort();
  const own = { PORT: String(port), HOST: "127.0.0.1", DATA_DIR: dir };
  const given = { ...own, SIMULATOR: "true", PHOTO_READER: "false", LOG_LEVEL: "fatal" };
  await keepAccount(dir);
  const ctx = await createContext(await loadConfig(given), process.argv.includes("calm") ? CALM : {});
  const running = await startServer(ctx);
  const ids: string[] = [];
  const peak: Usage = { rssMb: 0, ownMb: 0 };
  setInterval(() => note(peak), 50).unref();
  const answers: Record<string, (count: number) => Promise<unknown>> = {
    async open(count) {
      const all: Opened[] = [];
      for (let n = 0; n < count; n++) {
        const { id, ...opened } = await openCase(ctx, n);
        ids.push(id);
        all.push({ ...opened, base: `http://127.0.0.1:${port}/h5/accidents/${id}/uploads` });
      }
      return all;
    },
    usage: async () => peak,
    held: () => Promise.all(ids.map((id) => heldBy(ctx, id))),
    stop: () => running.stop(),
  };
  process.on("message", ([name, count]: [string, number]) => {
    void answers[name]!(count).then((answer) => {
      process.send?.(answer ?? null);
      if (name === "stop") process.disconnect();
    });
  });
  // Nobody is left to ask.
  process.on("disconnect", () => process.exit(0));
  process.send?.("ready");
}

async function openCase(ctx: Context, n: number) {
  const person = await ctx.people.see(`o_load_${String(n).padStart(20, "0")}`);
  const answer = { vehicles: "two" as const, conditions: [] };
  const { id } = await openAccident(ctx, { person, textVersion: NOTICE_VERSION, answer });
  const session = { id: ctx.randomId(), personId: person.id, kind: "wechat", expiresAt: Date.now() + SESSION_MS };
  const key = ctx.config.keys.session;
  return { id, cookie: `kc=${signValue(key, "session", session)}`, token: macOf(key, "csrf", session.id) };
}

/** The SHA-256 of every original of the case, from its bytes. */
async function heldBy(ctx: Context, id: string): Promise<string[]> {
  const accident = await ctx.accidents.get(id);
  const originals = accident.photos.filter(isStored).map(({ sha256 }) => ctx.blobs.read(accident, sha256));
  return (await Promise.all(originals)).map(sha256Of);
}

function note(peak: Usage): void {
  const rssMb = process.memoryUsage.rss() / 1024 ** 2;
  peak.rssMb = Math.max(peak.rssMb, Math.round(rssMb));
  peak.ownMb = Math.max(peak.ownMb, Math.round(anonymousMb() ?? rssMb));
}

function anonymousMb(): number | null {
  try {
    return Number(/RssAnon:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]) / 1024;
  } catch {
    return null;
  }
}

await main();
