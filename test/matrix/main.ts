import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PROJECT = fileURLToPath(new URL("../../../", import.meta.url));
const PLACE = join(PROJECT, "matrix");
const USAGE = `npm run matrix -- [MAJOR…]   types and quick tests on the versions of Node.js in matrix/package.json; MAJOR: 20, 22, 24`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const readJson = (path: string) => JSON.parse(readFileSync(path, "utf8"));

/** Name in matrix/package.json → exact version: node-24 → 24.22.3. */
function pinned(): Map<string, string> {
  const { optionalDependencies } = readJson(join(PLACE, "package.json")) as {
    optionalDependencies: Record<string, string>;
  };
  return new Map(Object.entries(optionalDependencies).map(([name, spec]) => [name, spec.split("@").at(-1) as string]));
}

/**
 * Installs what the lockfile beside it names, unless it is there: a third of a gigabyte is not unpacked
 * twice.
 */
function install(versions: Map<string, string>): void {
  const manifest = (name: string) => join(PLACE, "node_modules", name, "package.json");
  const isThere = ([name, version]: [string, string]) =>
    existsSync(manifest(name)) && readJson(manifest(name)).version === version;
  if ([...versions].every(isThere)) return;
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: PLACE, stdio: "inherit" });
  const missing = [...versions].filter((one) => !isThere(one)).map(([name]) => name);
  if (missing.length > 0) {
    throw new Error(`matrix/package.json names no ${missing.join(", ")} for ${process.platform} ${process.arch}`);
  }
}

/** Whether types and quick tests are good on one version; the compiled tests are the same for all. */
function isGoodOn(name: string, version: string): boolean {
  const start = performance.now();
  const node = join(PLACE, "node_modules", name, "bin/node");
  const env = { ...process.env, PATH: [dirname(node), process.env["PATH"]].join(delimiter) };
  const runs = (...args: string[]) => spawnSync(node, args, { cwd: PROJECT, env, stdio: "inherit" }).status === 0;
  const types = join(PLACE, "node_modules", name.replace("node-", "@types-"));
  say(`\nNode.js ${version}`);
  const compiles = runs("node_modules/typescript/bin/tsc", "--noEmit", "--typeRoots", types);
  const passes = runs("--enable-source-maps", "dist/test/run.js", "--quick");
  const words = `types ${compiles ? "good" : "BAD"}, quick tests ${passes ? "good" : "BAD"}`;
  say(`Node.js ${version}: ${words}, ${((performance.now() - start) / 1000).toFixed(0)} s`);
  return compiles && passes;
}

function main(majors: string[]): number {
  const versions = pinned();
  const unknown = majors.filter((major) => !versions.has(`node-${major}`));
  if (unknown.length > 0) {
    say(USAGE);
    return 2;
  }
  install(versions);
  const chosen = [...versions].filter(([name]) => majors.length === 0 || majors.includes(name.replace("node-", "")));
  return chosen.map(([name, version]) => isGoodOn(name, version)).every(Boolean) ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
