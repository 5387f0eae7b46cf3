import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { chosen, type Kind, processesOf } from "./choose.ts";

const USAGE = `npm test -- [--quick] [NAME…]      the tests; --quick: only those of the folders without app, browser and processes
npm run long -- [--share 0.1] [NAME…]  soaks and kills; --share: a part of their work (1)
  NAME  how a folder or file begins, such as chat/, chat/photos or test/chat/photos.test.ts`;

/** Ends a process that hangs; a file of soaks and kills may take its time. */
const HANGS_AFTER_MS: Record<Kind, number> = { test: 600_000, quick: 600_000, long: 7_200_000 };
/** Two processes of tests at once; soaks and kills one by one, so that what one measures is its own. */
const AT_ONCE: Record<Kind, number> = { test: 2, quick: 2, long: 1 };

/**
 * From Node.js 22 on npm, which some tests run, keeps compiled code in the temporary folder unless it is told
 * not to.
 */
const QUIET = { NODE_DISABLE_COMPILE_CACHE: "1" };

const root = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Runs the chosen compiled test files in a temporary folder of their own; files that they leave in it are
 * listed and fail the run.
 */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      long: { type: "boolean", default: false },
      share: { type: "string", default: "1" },
      help: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  if (values.help) return say(USAGE, 0);
  const kind: Kind = values.long ? "long" : values.quick ? "quick" : "test";
  const files = chosen(filesBelow("test"), kind, positionals);
  if (files.length === 0) return say(`no such test: ${positionals.join(" ")}\n${USAGE}`, 2);
  const compiled = files.map(compiledOf);
  const missing = compiled.filter((file) => !existsSync(file));
  if (missing.length > 0) return say(`not compiled (npm run build): ${missing.join(", ")}`, 2);
  const temporary = mkdtempSync(join(tmpdir(), "kuaichu-tests-"));
  const entries = mkdtempSync(join(tmpdir(), "kuaichu-entries-"));
  try {
    const code = await runNode(kind, entriesIn(entries, processesOf(files)), {
      ...QUIET,
      TMPDIR: temporary,
      LONG_SHARE: values.share,
    });
    const left = readdirSync(temporary);
    // as one of its tests, so that whoever looks for what failed finds it
    if (left.length > 0) say(`not ok - left in the temporary folder: ${left.join(", ")}`, 1);
    return code || (left.length > 0 ? 1 : 0);
  } finally {
    for (const folder of [temporary, entries]) rmSync(folder, { recursive: true, force: true });
  }
}

const compiledOf = (file: string): string => join(root, "dist", file.replace(/\.ts$/, ".js"));

/** Writes what each process runs, named in its order, and returns the paths. */
function entriesIn(folder: string, processes: readonly string[][]): string[] {
  return processes.map((files, at) => {
    const path = join(folder, `${String(at).padStart(3, "0")}.mjs`);
    writeFileSync(path, entryOf(files));
    return path;
  });
}

/** A file that shares a process is required within a suite of its name: its hooks are those of the suite. */
function entryOf(files: readonly string[]): string {
  const [only = "", ...more] = files;
  if (more.length === 0) return `import ${JSON.stringify(pathToFileURL(compiledOf(only)))};\n`;
  const suites = files.map((file) => [file, compiledOf(file)]);
  return `import { createRequire } from "node:module";
import { describe } from "node:test";
const require = createRequire(import.meta.url);
for (const [name, path] of ${JSON.stringify(suites)}) describe(name, () => void require(path));
`;
}

async function runNode(kind: Kind, entries: string[], env: Record<string, string>): Promise<number> {
  const limits = [`--test-concurrency=${AT_ONCE[kind]}`, `--test-timeout=${HANGS_AFTER_MS[kind]}`];
  const child = spawn(process.execPath, ["--enable-source-maps", "--test", ...limits, ...entries], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: "inherit",
  });
  // The child ends its files and then itself; whoever stops the run stops it, not only this process.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  const [code, signal] = await once(child, "exit");
  if (code === null) say(`not ok - the tests' process was ended by ${signal}`, 1);
  return (code as number | null) ?? 1;
}

const filesBelow = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((path) => `${folder}/${path}`);

function say(text: string, code: number): number {
  process.stderr.write(`${text}\n`);
  return code;
}

process.exitCode = await main();
