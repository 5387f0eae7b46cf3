import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Followed, followDockerfile } from "./follow.ts";

const USAGE = `node dist/test/image/main.js [--node FILE] [--build-arg NAME=VALUE]…
  --node FILE             the Node.js that stands for the image's (this one)
  --build-arg NAME=VALUE  as for docker build: READER=false, EMBEDDED=false`;

/** What the image may add to its base: the files of /app, in millions of bytes. */
const MOST_MB = 190;
/** Nobody: no name, no home, nothing of his own. */
const NOBODY = 65_534;

/** Follows the Dockerfile without Docker, measures what it adds, and has a plate read and an accident settled by what came of it. */
function main(): void {
  const { values } = parseArgs({
    options: {
      node: { type: "string", default: process.execPath },
      "build-arg": { type: "string", multiple: true, default: [] },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return say(USAGE);
  const args = Object.fromEntries(values["build-arg"].map((arg) => arg.split("=") as [string, string]));
  const root = mkdtempSync(join(tmpdir(), "kuaichu-image-"));
  try {
    chmodSync(root, 0o755);
    const image = followDockerfile({ root, node: values.node, args });
    const megabytes = sizeOf(image.app) / 1e6;
    say(`the image adds ${megabytes.toFixed(1)} MB to its base (at most ${MOST_MB})`);
    if (megabytes > MOST_MB) throw new Error("the image is too large");
    execFileSync("chmod", ["-R", "a-w,a+rX", image.app]);
    const reads = readPlate(image, values.node);
    const expected = args["READER"] === "false" ? "no reader" : "沪A62K18";
    say(`a plate: ${reads}`);
    if (reads !== expected) throw new Error(`it should have been: ${expected}`);
    if (args["EMBEDDED"] !== "false") settle(root, image, values.node);
  } finally {
    execFileSync("chmod", ["-R", "u+w", root]);
    rmSync(root, { recursive: true, force: true });
  }
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function sizeOf(dir: string): number {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** Only root can become somebody else; whoever else runs this is no owner of a system either. */
const asNobody = (): string[] =>
  process.getuid?.() === 0 ? ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"] : [];

const READ = `
import { readFile } from "node:fs/promises";
import { createPlateReader } from "./dist/src/photos/plates/reader.js";
const reader = createPlateReader();
const reading = await reader.read(await readFile("templates/simulator/samples/phone-1-own-plate.jpg"));
process.stdout.write(reading === null ? "no reader" : String(reading.best?.plate));
await reader.close();`;

function readPlate({ app }: Followed, node: string): string {
  const [file = "", ...rest] = [...asNobody(), node, "--input-type=module", "-e", READ];
  const env = { HOME: "/nonexistent" };
  return execFileSync(file, rest, { cwd: app, env, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

/** The demo of this project against the server of the image. */
function settle(root: string, { app, command }: Followed, node: string): void {
  const launcher = join(root, "server.sh");
  const give = `chmod a+rx "$(dirname "$DATA_DIR")" && mkdir -p "$DATA_DIR" && chown ${NOBODY} "$DATA_DIR"`;
  const start = [...asNobody(), "env", "HOME=/nonexistent", node, ...command].map((word) => `'${word}'`).join(" ");
  const lines = ["#!/bin/sh", "set -e", ...(asNobody().length > 0 ? [give] : []), `cd '${app}'`, `exec ${start}`];
  writeFileSync(launcher, `${lines.join("\n")}\n`, { mode: 0o755 });
  const demo = fileURLToPath(new URL("../demo/main.js", import.meta.url));
  const args = ["--enable-source-maps", demo, "--server", launcher, "--out", join(root, "demo-out")];
  const { status } = spawnSync(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) throw new Error("the settlement failed");
}

main();
