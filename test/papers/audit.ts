import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const PROJECT = fileURLToPath(new URL("../../../", import.meta.url));
const USAGE = `npm run audit -- [--strict]  asks the registry for advisories on what production installs; high and critical ones fail
  --strict  fails, too, where no advisory service answers (a release)`;

interface Report {
  vulnerabilities?: Record<
    string,
    { severity: string; range: string; via: (string | { title: string; url: string })[] }
  >;
  message?: string;
  error?: { summary?: string; code?: string };
}

/**
 * Prints the advisories; returns the exit code: 1 for advisories that count, 2 with --strict when the service
 * did not answer.
 */
function main(args: string[]): number {
  if (args.some((arg) => arg !== "--strict")) return say(USAGE, 2);
  const { stdout } = spawnSync("npm", ["audit", "--omit=dev", "--json"], { cwd: PROJECT, encoding: "utf8" });
  const { vulnerabilities, message, error } = parse(stdout);
  if (!vulnerabilities) {
    const why = message || error?.summary || error?.code || "npm audit gave no report";
    return say(`NOT CHECKED: no advisory service answers here (${why})`, args.includes("--strict") ? 2 : 0);
  }
  const found = Object.entries(vulnerabilities);
  for (const [name, { severity, range, via }] of found) {
    const causes = via.map((cause) => (typeof cause === "string" ? `through ${cause}` : `${cause.title} ${cause.url}`));
    say(`${severity}: ${name} ${range}: ${causes.join("; ")}`, 0);
  }
  const counting = found.filter(([, { severity }]) => ["high", "critical"].includes(severity)).length;
  return say(`${found.length} packages with advisories, ${counting} of them high or critical`, counting > 0 ? 1 : 0);
}

function parse(stdout: string): Report {
  try {
    return JSON.parse(stdout);
  } catch {
    return {};
  }
}

function say(line: string, code: number): number {
  process.stdout.write(`${line}\n`);
  return code;
}

process.exitCode = main(process.argv.slice(2));
