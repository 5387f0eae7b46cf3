import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";
import { LEFT_OUT } from "../support/left-out.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const PROJECT = fileURLToPath(new URL("../../../", import.meta.url));
const DEPLOY = join(PROJECT, "deploy");

/** What a service may be exposed to at most, as systemd-analyze counts it: 0 nothing, 10 everything. */
const MOST_EXPOSED = "3.0";

const CHECKS: Record<string, () => string> = {
  promtool: checkAlerts,
  "systemd-analyze": checkUnits,
  kubectl: checkKustomization,
};

/** Returns what the tool printed; throws with it when the tool found a fault. */
function run(args: string[], cwd = PROJECT): string {
  const [file = "", ...rest] = args;
  const { status, stdout, stderr } = spawnSync(file, rest, { cwd, encoding: "utf8" });
  assert.equal(status, 0, `${args.join(" ")}\n${stdout}${stderr}`);
  return `${stdout}${stderr}`;
}

function checkAlerts(): string {
  const folder = join(DEPLOY, "prometheus");
  return (
    run(["promtool", "check", "config", "prometheus.yaml"], folder) +
    run(["promtool", "test", "rules", "alerts.test.yaml"], folder)
  );
}

/** The units as an operator installs them, with the programs and the folder of this machine. */
function checkUnits(): string {
  const dir = temporaryFolder("units");
  const names = readdirSync(DEPLOY).filter((name) => /\.(service|timer)$/.test(name));
  const units = names.map((name) => {
    const text = readFileSync(join(DEPLOY, name), "utf8").replaceAll("/opt/kuaichu", PROJECT.replace(/\/$/, ""));
    writeFileSync(join(dir, name), text.replaceAll(/\/usr\/bin\/(node|curl)\b/g, process.execPath));
    return join(dir, name);
  });
  const said = run(["systemd-analyze", "verify", "--man=no", ...units]);
  assert.equal(said, "", said);
  const services = units.filter((unit) => /kuaichu@?\.service$/.test(unit));
  const exposed = services.map((unit) =>
    run([
      "systemd-analyze",
      "security",
      "--offline=true",
      "--no-pager",
      `--threshold=${Number(MOST_EXPOSED) * 10}`,
      unit,
    ]),
  );
  return [...names, ...exposed.flatMap((text) => text.split("\n").filter((line) => line.includes("Overall")))].join(
    "\n",
  );
}

interface Part {
  kind: string;
  metadata: { name: string };
}

/** The base with made-up settings and secrets: it builds, and its parts find what they name. */
function checkKustomization(): string {
  const dir = join(temporaryFolder("kustomize"), "kubernetes");
  cpSync(join(DEPLOY, "kubernetes"), dir, { recursive: true });
  mkdirSync(join(dir, "secrets"), { recursive: true });
  const text = readFileSync(join(dir, "kustomization.yaml"), "utf8");
  for (const [, name = ""] of text.matchAll(/- (secrets\/\w+)$/gm)) writeFileSync(join(dir, name), "made up");
  cpSync(join(PROJECT, "config/production.example.yaml"), join(dir, "production.yaml"));
  const built = run(["kubectl", "kustomize", dir]);
  const parts = parseAllDocuments(built).map((part) => part.toJS() as Part);
  const names = new Set(parts.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
  // an operator makes these where they are needed
  const optional = ["Secret kuaichu-backup-key", "ConfigMap kuaichu-city"];
  const named = [
    ...[...built.matchAll(/secretName: (\S+)/g)].map(([, name]) => `Secret ${name}`),
    ...[...built.matchAll(/configMap:\n\s+name: (\S+)/g)].map(([, name]) => `ConfigMap ${name}`),
    ...[...built.matchAll(/claimName: (\S+)/g)].map(([, name]) => `PersistentVolumeClaim ${name}`),
  ];
  assert.ok(named.length > 0);
  assert.deepEqual(
    named.filter((name) => !(names.has(name) || optional.includes(name))),
    [],
  );
  const { version } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8"));
  const images = new Set([...built.matchAll(/image: (\S+)/g)].map(([, image]) => image));
  assert.deepEqual([...images], [`kuaichu:${version}`]);
  return [...names].join("\n");
}

const [tool = ""] = process.argv.slice(2);
const check = CHECKS[tool];
if (!check) throw new Error(`usage: tools.js ${Object.keys(CHECKS).join("|")}`);
if (spawnSync(tool, ["--help"]).error) {
  process.stdout.write(`left out: ${tool} is not installed\n`);
  process.exitCode = LEFT_OUT;
} else process.stdout.write(`${check()}\n`);
