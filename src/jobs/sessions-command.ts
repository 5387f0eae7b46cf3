import { pathToFileURL } from "node:url";
import { endSessions } from "../actions/end-sessions.ts";
import type { Context } from "../context.ts";
import { LETTERS } from "../domain/accident.ts";
import { runCommand } from "../operator-program.ts";

const USAGE = "usage: sessions-command end NUMBER A|B    signs that driver of the case out on every phone\n";

type Print = (text: string) => void;

/** Ends the sessions of a driver who has lost a phone. Returns the exit code. */
export async function sessionsCommand(ctx: Context, words: readonly string[], print: Print): Promise<number> {
  const [verb, number = "", named, ...more] = words;
  const letter = LETTERS.find((one) => one === named);
  if (verb !== "end" || !letter || more.length > 0) {
    print(USAGE);
    return 2;
  }
  const [accident] = await ctx.accidents.listBy("number", number);
  const identity = accident?.parties[letter]?.identity;
  if (!identity) {
    print(`${number} ${letter}\tno such case or driver\n`);
    return 1;
  }
  await endSessions(ctx, { person: { id: identity.personId } });
  print(`${number} ${letter}\tsigned out\n`);
  return 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await runCommand((ctx) => sessionsCommand(ctx, process.argv.slice(2), (text) => void process.stdout.write(text)));
