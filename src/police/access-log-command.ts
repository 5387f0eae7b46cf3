import { pathToFileURL } from "node:url";
import type { Context } from "../context.ts";
import { runCommand } from "../operator-program.ts";

/** `npm run access-log -- verify`: names the first row that was changed, added or taken out. */
export async function accessLogCommand(
  ctx: Context,
  words: readonly string[],
  print: (text: string) => void,
): Promise<number> {
  if (words.join(" ") !== "verify") {
    print("usage: access-log verify\n");
    return 2;
  }
  const { chains, rows, broken } = await ctx.accessLog.verify();
  print(broken ? `broken: ${broken.chain} row ${broken.seq}\n` : `${rows} rows in ${chains} chains are whole\n`);
  return broken ? 1 : 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await runCommand((ctx) => accessLogCommand(ctx, process.argv.slice(2), (text) => void process.stdout.write(text)));
