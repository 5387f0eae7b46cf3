import { pathToFileURL } from "node:url";
import type { Context } from "../context.ts";
import { runCommand } from "../operator-program.ts";
import { showProgress } from "./progress.ts";

const USAGE = `usage: keys-command status    how many records may still be under the other key
       keys-command rewrap    seals them under DATA_KEY, while the service works; goes on where it was
`;

type Print = (text: string) => void;

/** Ends a change of DATA_KEY for an operator. Returns the exit code: 1 where something opens under no key. */
export async function keysCommand(ctx: Context, words: readonly string[], print: Print): Promise<number> {
  const [verb, ...more] = words;
  const left = await ctx.rewrap.countLeft();
  if (more.length > 0 || (verb !== "status" && verb !== "rewrap")) {
    print(USAGE);
    return 2;
  }
  if (left === null || verb === "status") {
    print(left === null ? "OTHER_DATA_KEY is not given: nothing is being changed\n" : `${left} records left\n`);
    return 0;
  }
  const progress = showProgress("sealing anew", left);
  const { anew, unreadable } = await ctx.rewrap.run((now) => progress.to(left - now));
  progress.end();
  print(`${anew} records sealed anew, 0 left: OTHER_DATA_KEY can go.\n`);
  if (unreadable === 0) return 0;
  print(`${unreadable} records open under neither key and stay as they are (npm run restore -- verify names cases)\n`);
  return 1;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await runCommand((ctx) => keysCommand(ctx, process.argv.slice(2), (text) => void process.stdout.write(text)));
