import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { loadConfig } from "../../src/config.ts";
import { createContext } from "../../src/context.ts";
import { type Running, startServer } from "../../src/server.ts";
import { CALM_DATABASE } from "../support/calm-database.ts";
import { capturedLog } from "../support/captured-log.ts";
import { standingClock } from "../support/clocks.ts";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { closeDatabase, databaseUri, freePort } from "../support/database.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

describe("a database that goes away while the doors open", () => {
  let proxy: CuttingProxy;
  let running: Running;
  const { log, lines } = capturedLog();
  const timer = standingClock();
  const { trialMs, pauseMs } = CALM_DATABASE;

  before(async () => {
    proxy = await CuttingProxy.start(await databaseUri());
    const config = await loadConfig({
      PORT: String(await freePort()),
      DATA_DIR: temporaryFolder("start"),
      SIMULATOR: "true",
      PHOTO_READER: "false",
    });
    const options = { databaseUri: proxy.uri, limits: CALM_DATABASE, databaseTimer: timer };
    const ctx = await createContext(config, { ...options, log, pictureNiceness: 0 });
    const keep: typeof ctx.releases.keep = async (release) => {
      await ctx.releases.keep(release);
      proxy.refuse();
      void timer.limitOf(trialMs).then(() => timer.advance(trialMs));
    };
    running = await startServer({ ...ctx, releases: { ...ctx.releases, keep } });
  });
  after(async () => {
    await running.stop();
    await proxy.close();
    await closeDatabase();
  });

  it("ends no server; the stand-in has its menu as soon as the database is back", async () => {
    const { config } = running.ctx;
    assert.equal((await fetch(`${config.publicUrl}/healthz`)).status, 200);
    assert.equal((await fetch(`${config.publicUrl}/readyz`)).status, 503);
    assert.match(lines.join(""), /menu\.not-published/);
    assert.equal(running.simulator?.platform.menu() ?? null, null);
    proxy.resume();
    await timer.limitOf(pauseMs);
    timer.advance(pauseMs);
    while (!running.simulator?.platform.menu()) await new Promise((next) => setTimeout(next, 100));
    assert.deepEqual(running.simulator.platform.menu(), config.menu);
  });
});

/** One program of each way into the database: the server, a command on the cases, one on the bare files. */
const PROGRAMS = ["main.js", "jobs/deliveries-command.js list", "jobs/backup-command.js /nowhere/new"];

describe("what keeps a program of the operator's from its work", { concurrency: 2 }, () => {
  function run(program: string, env: Record<string, string>): Promise<{ code: unknown; said: string }> {
    const [file = "", ...words] = program.split(" ");
    const path = fileURLToPath(new URL(`../../src/${file}`, import.meta.url));
    const base = { PATH: process.env.PATH ?? "", DATA_DIR: temporaryFolder("program"), LOG_LEVEL: "silent" };
    return new Promise((resolve) => {
      execFile(process.execPath, [path, ...words], { env: { ...base, ...env } }, (error, _, said) =>
        resolve({ code: error?.code ?? 0, said }),
      );
    });
  }

  for (const program of PROGRAMS) {
    it(`is said without the code's lines by ${program}: settings`, async () => {
      const { code, said } = await run(program, { PORT: "eighty" });
      assert.deepEqual([code, said], [1, "The settings are not usable:\n  PORT: must be a number\n"]);
    });
    it(`is said in one sentence by ${program}: a database that is not there`, async () => {
      const { code, said } = await run(program, { MONGODB_URI: "mongodb://127.0.0.1:1/kuaichu", SIMULATOR: "true" });
      assert.equal(code, 1);
      assert.match(said, /^The database at 127\.0\.0\.1:1 cannot be used: .+\.\n$/);
    });
  }

  it("is said by all of them alike: each runs by the function that says it", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
    const commands = Object.values(scripts).flatMap((line) => /dist\/(src\/\S+-command)\.js/.exec(line)?.[1] ?? []);
    // the doctor's own report says what is wrong with the settings
    const others = commands.filter((path) => !path.includes("doctor"));
    assert.ok(others.length > 10);
    for (const path of others) assert.match(readFileSync(`${path}.ts`, "utf8"), /await run(Program|Command)\(/, path);
  });
});
