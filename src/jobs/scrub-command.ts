import { pathToFileURL } from "node:url";
import { scrubFile } from "../actions/scrub-file.ts";
import type { Context } from "../context.ts";
import { runCommand } from "../operator-program.ts";

const USAGE = `usage: scrub-command --all        reads and hashes every file that is kept
       scrub-command --damaged    only those that were found damaged or gone
`;
const PAGE = 100;

type Print = (text: string) => void;

/**
 * Checks all files for an operator, after a disk failure or a restored backup. Returns the exit code: 1 when
 * a file is missing or damaged.
 */
export async function scrubCommand(ctx: Context, words: readonly string[], print: Print): Promise<number> {
  const [which] = words;
  if (words.length !== 1 || (which !== "--all" && which !== "--damaged")) {
    print(USAGE);
    return 2;
  }
  const count = { whole: 0, damaged: 0, missing: 0, unreadable: 0 };
  for await (const file of filesOf(ctx)) {
    if (which === "--damaged" && file.state === "whole") continue;
    const state = await scrubFile(ctx, file);
    count[state]++;
    if (state !== "whole") print(`${file.accidentId}\t${file.id}\t${file.kind}\t${state}\n`);
  }
  const unreadable = count.unreadable > 0 ? `, ${count.unreadable} of cases that do not open` : "";
  print(`${count.whole} whole, ${count.damaged} damaged, ${count.missing} missing${unreadable}\n`);
  return count.damaged + count.missing + count.unreadable > 0 ? 1 : 0;
}

async function* filesOf({ blobs }: Context) {
  let page = await blobs.scrub.listAfter(null, PAGE);
  while (page.length > 0) {
    yield* page;
    page = await blobs.scrub.listAfter(page.at(-1)?.id ?? null, PAGE);
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await runCommand((ctx) => scrubCommand(ctx, process.argv.slice(2), (text) => void process.stdout.write(text)));
