import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { LEFT_OUT } from "../support/left-out.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { closedWorld } from "./closed-world.ts";

const USAGE = `npm run quiet -- [--seconds N]
  Runs server, demo and reader for N seconds (60) where every name that is looked up and every address that is tried is seen. Nobody is
  configured there: each is a failure. Ends with 0: quiet, 1: not quiet, 77: left out, this machine has no such namespaces.`;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { seconds: { type: "string", default: "60" }, help: { type: "boolean" } } });
  const seconds = Number(values.seconds);
  if (values.help || !(seconds > 0)) return say(USAGE, values.help ? 0 : 2);
  const dir = temporaryFolder("quiet");
  const world = closedWorld(dir);
  if (world.fault !== null) return say(`left out: ${world.fault}`, LEFT_OUT);
  const inside = fileURLToPath(new URL("./inside.js", import.meta.url));
  const [file = "", ...args] = world.around([process.execPath, "--enable-source-maps", inside, dir, String(seconds)]);
  const child = spawn(file, args, { stdio: ["ignore", "inherit", "inherit"] });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill("SIGKILL"));
  const [code] = await once(child, "exit");
  return (code as number | null) ?? 1;
}

function say(text: string, code: number): number {
  process.stdout.write(`${text}\n`);
  return code;
}

process.exitCode = await main();
