import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { asUser, type Followed, followDockerfile } from "./follow.ts";

const USAGE = `npm run image -- [--node FILE] [--build-arg NAME=VALUE]…
  --node FILE             the Node.js that stands for the image's (the one that runs this)
  --build-arg NAME=VALUE  as for docker build: READER=false, EMBEDDED=false`;

/** What the image may add to its base: the files of /app, in millions of bytes. */
const MOST_MB = 190;

interface Image extends Followed {
  root: string;
  node: string;
}

/**
 * Follows the Dockerfile without Docker, measures what it adds, and has the result read a plate and settle an
 * accident.
 */
function main(): void {
  const { values } = parseArgs({
    options: {
      node: { type: "string", default: process.execPath },
      "build-arg": { type: "string", multiple: true, default: [] },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    say(USAGE);
    return;
  }
  const args = Object.fromEntries(values["build-arg"].map((arg) => arg.split("=") as [string, string]));
  const root = temporaryFolder("image");
  chmodSync(root, 0o755);
  const image = { root, node: values.node, ...followDockerfile({ root, node: values.node, args }) };
  measure(image);
  // as in a container whose root is read-only
  execFileSync("chmod", ["-R", "a-w,a+rX", image.app]);
  try {
    expect("a plate", readPlate(image), args["READER"] === "false" ? "no reader" : "沪A62K18");
    if (args["EMBEDDED"] === "false") expect("without a database", startWithout(image), "give MONGODB_URI");
    else settle(image);
  } finally {
    execFileSync("chmod", ["-R", "u+w", root]);
  }
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function expect(what: string, found: string, expected: string): void {
  say(`${what}: ${found}`);
  if (found !== expected) throw new Error(`${what}: it should have been: ${expected}`);
}

function measure({ app }: Followed): void {
  for (const part of readdirSync(app)) say(`${megabytes(join(app, part)).toFixed(1).padStart(7)} MB  ${part}`);
  say(`${megabytes(join(app, "node_modules/.cache")).toFixed(1).padStart(7)} MB  of it compiled code`);
  const total = megabytes(app);
  say(`the image adds ${total.toFixed(1)} MB to its base (at most ${MOST_MB})`);
  if (total > MOST_MB) throw new Error("the image is too large");
}

function megabytes(path: string): number {
  const found = statSync(path);
  if (found.isFile()) return found.size / 1e6;
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size / 1e6, 0);
}

const READ = `
import { readFile } from "node:fs/promises";
import { createPlateReader } from "./dist/src/photos/plates/reader.js";
const reader = createPlateReader();
const reading = await reader.read(await readFile("templates/simulator/samples/phone-1-own-plate.jpg"));
process.stdout.write(reading === null ? "no reader" : String(reading.best?.plate));
await reader.close();`;

function readPlate({ app, node, user }: Image): string {
  const [file = "", ...rest] = [...asUser(user), node, "--input-type=module", "-e", READ];
  const env = { HOME: "/nonexistent" };
  return execFileSync(file, rest, { cwd: app, env, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

/** Returns the message of a start without a database. */
function startWithout({ app, node, user, command, root }: Image): string {
  const [file = "", ...rest] = [...asUser(user), node, ...command];
  const dir = join(root, "no-database");
  execFileSync("mkdir", ["-m", "0777", dir]);
  const env = { HOME: "/nonexistent", DATA_DIR: join(dir, "data") };
  const { status, stderr } = spawnSync(file, rest, { cwd: app, env, encoding: "utf8" });
  if (status !== 1) throw new Error(`the start ended with ${status}`);
  return /give MONGODB_URI/.exec(stderr)?.[0] ?? stderr;
}

/** Runs the project's demo against the server of the image. */
function settle({ app, node, user, command, root }: Image): void {
  const launcher = join(root, "server.sh");
  const become = asUser(user);
  const give = `chmod a+rx "$(dirname "$DATA_DIR")" && mkdir -p "$DATA_DIR" && chown ${user} "$DATA_DIR"`;
  const start = [...become, "env", "HOME=/nonexistent", node, ...command].map((word) => `'${word}'`).join(" ");
  const lines = ["#!/bin/sh", "set -e", ...(become.length > 0 ? [give] : []), `cd '${app}'`, `exec ${start}`];
  writeFileSync(launcher, `${lines.join("\n")}\n`, { mode: 0o755 });
  const demo = fileURLToPath(new URL("../demo/main.js", import.meta.url));
  const args = ["--enable-source-maps", demo, "--server", launcher, "--out", join(root, "demo-out")];
  const { status } = spawnSync(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) throw new Error("the settlement failed");
}

main();
