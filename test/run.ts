import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { chosen, type Kind } from "./choose.ts";

const USAGE = `npm test -- [--quick] [NAME…]      the tests; --quick: only those of the folders without app, browser and processes
npm run long -- [--share 0.1] [NAME…]  soaks and kills; --share: a part of their work (1)
  NAME  how a folder or file begins, such as chat/, chat/photos or test/chat/photos.test.ts`;

/** Ends a file that hangs and names it; a file of soaks and kills may take its time. */
const HANGS_AFTER_MS: Record<Kind, number> = { test: 300_000, quick: 300_000, long: 7_200_000 };
/** Two test files at once; soaks and kills one by one, so that what one of them measures is its own. */
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
  const temporary = mkdtempSync(join(tmpdir(), "kuaichu-tests-"));
  try {
    const code = await runNode(kind, files, { ...QUIET, TMPDIR: temporary, LONG_SHARE: values.share });
    const left = readdirSync(temporary);
    if (left.length > 0) say(`left in the temporary folder: ${left.join(", ")}`, 1);
    return code || (left.length > 0 ? 1 : 0);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

async function runNode(kind: Kind, files: string[], env: Record<string, string>): Promise<number> {
  const compiled = files.map((file) => join("dist", file.replace(/\.ts$/, ".js")));
  const missing = compiled.filter((file) => !existsSync(join(root, file)));
  if (missing.length > 0) return say(`not compiled (npm run build): ${missing.join(", ")}`, 2);
  const limits = [`--test-concurrency=${AT_ONCE[kind]}`, `--test-timeout=${HANGS_AFTER_MS[kind]}`];
  const child = spawn(process.execPath, ["--enable-source-maps", "--test", ...limits, ...compiled], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: "inherit",
  });
  // The child ends its files and then itself; whoever stops the run stops it, not only this process.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  const [code] = await once(child, "exit");
  return (code as number | null) ?? 1;
}

const filesBelow = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((path) => `${folder}/${path}`);

function say(text: string, code: number): number {
  process.stderr.write(`${text}\n`);
  return code;
}

process.exitCode = await main();
