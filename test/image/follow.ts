import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readCopy, readStages, type Stage } from "./dockerfile.ts";

const PROJECT = fileURLToPath(new URL("../../../", import.meta.url));
const APP = "/app/";

export interface Followed {
  /** the folder that stands for /app of the image */
  app: string;
  /** what the image starts, without "node" */
  command: string[];
  /** user and group by which it is started, as numbers: "1000:1000" */
  user: string;
}

interface Options {
  /** an empty folder for the stages */
  root: string;
  /** the program that stands for the base's Node.js */
  node: string;
  /** build arguments */
  args: Record<string, string>;
}

/**
 * Does by hand what the Dockerfile orders, each stage in a folder of its own. The base image is not available
 * and counts as empty.
 */
export function followDockerfile({ root, node, args }: Options): Followed {
  const stages = readStages(readFileSync(join(PROJECT, "Dockerfile"), "utf8"));
  const allowed = allowedSources();
  const folderOf = (stage: string) => join(root, stage);
  let user = "0:0";
  for (const stage of stages) {
    const dir = folderOf(stage.name ?? "image");
    mkdirSync(dir);
    if (stages.some(({ name }) => name === stage.from)) cpSync(folderOf(stage.from), dir, { recursive: true });
    user = "0:0";
    for (const { word, rest } of stage.instructions) {
      if (word === "COPY") copy(rest, { dir, folderOf, allowed });
      if (word === "USER") user = rest;
      if (word === "RUN") run(rest, { dir, user, env: runEnvironment(stage, node, args) });
    }
  }
  const command = stages.at(-1)?.instructions.findLast(({ word }) => word === "CMD")?.rest ?? "[]";
  return { app: folderOf("image"), command: JSON.parse(command).slice(1), user };
}

/**
 * The words before a command that make this user run it. Only root can change the user; others run it
 * themselves.
 */
export function asUser(user: string): string[] {
  const [uid, gid] = user.split(":");
  if (process.getuid?.() !== 0 || uid === "0") return [];
  return ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
}

interface Place {
  dir: string;
  folderOf(stage: string): string;
  allowed: Set<string>;
}

function copy(rest: string, { dir, folderOf, allowed }: Place): void {
  const { from, sources, target } = readCopy(rest);
  for (const source of sources) {
    if (from === null && !allowed.has(source)) throw new Error(`.dockerignore keeps ${source} away`);
    const path = from === null ? join(PROJECT, source) : join(folderOf(from), source.replace(APP, ""));
    const to = target.endsWith("/") ? join(dir, target, basename(source)) : join(dir, target);
    mkdirSync(dirname(to), { recursive: true });
    cpSync(path, to, { recursive: true, verbatimSymlinks: true });
  }
}

/** The entries of the allow-list that .dockerignore is. */
function allowedSources(): Set<string> {
  const lines = readFileSync(join(PROJECT, ".dockerignore"), "utf8").split("\n");
  return new Set(lines.filter((line) => line.startsWith("!")).map((line) => line.slice(1)));
}

/** npm and the shell find the base's Node.js first; build arguments have the stage's defaults. */
function runEnvironment({ instructions }: Stage, node: string, args: Record<string, string>) {
  const defaults = instructions
    .filter(({ word }) => word === "ARG")
    .map(({ rest }) => rest.split("=") as [string, string]);
  const path = [dirname(node), process.env["PATH"]].join(delimiter);
  return { ...process.env, ...Object.fromEntries(defaults), ...args, PATH: path };
}

function run(command: string, { dir, user, env }: { dir: string; user: string; env: NodeJS.ProcessEnv }): void {
  // a change of owner is for root alone
  const own = process.getuid?.() === 0 ? command : command.replace(/&& chown \S+ \S+/, "");
  const [file = "", ...rest] = [...asUser(user), "sh", "-c", own];
  execFileSync(file, rest, { cwd: dir, env, stdio: ["ignore", "ignore", "inherit"] });
}
