import { pathToFileURL } from "node:url";
import { carryOutErasure } from "../actions/carry-out-erasure.ts";
import type { Context } from "../context.ts";
import { mostADay } from "../domain/retention.ts";
import { NotFound } from "../errors.ts";
import { runCommand } from "../operator-program.ts";
import { lineOf } from "./erased-lines.ts";

const USAGE = `usage: erase-command status
       erase-command allow N        erase so many more cases and people today
       erase-command requests       who has asked for early erasure, and since when
       erase-command carry-out ID   erases what the law does not make us keep
       erase-command list           what was erased: keep it apart from the backups, for restore --erased
       erase-command trust-clock    the time is right: the days in which nothing ran count
`;

const FATES = { erased: "erased", running: "running", held: "stored under a legal hold, until that is lifted" };

type Print = (text: string) => void;

/** Lists for an operator what is about to be erased, and the word to confirm it. Returns the exit code. */
export async function eraseCommand(ctx: Context, words: readonly string[], print: Print): Promise<number> {
  const [verb, amount, ...more] = words;
  if (verb === "status" && amount === undefined) return status(ctx, print);
  if (verb === "trust-clock" && amount === undefined) return trust(ctx, print);
  if (verb === "allow" && /^[1-9]\d{0,6}$/.test(amount ?? "") && more.length === 0) {
    await ctx.erasures.allow(Number(amount), ctx.clock.now());
    return status(ctx, print);
  }
  if (verb === "list" && amount === undefined) return list(ctx, print);
  if (verb === "requests" && amount === undefined) return requests(ctx, print);
  if (verb === "carry-out" && amount && more.length === 0) return carryOut(ctx, amount, print);
  print(USAGE);
  return 2;
}

async function status(ctx: Context, print: Print): Promise<number> {
  const [time, marked, most, today] = await Promise.all([
    ctx.witness.state(),
    ctx.retention.countMarked(),
    ctx.retention.count().then(mostADay),
    ctx.erasures.of(ctx.clock.now()),
  ]);
  const ofMost = (done: number, limit: number) => `${done} of at most ${limit + today.allowed}`;
  print(`marked, to be erased a day later: ${marked.cases} cases, ${marked.people} people\n`);
  print(`erased today: ${ofMost(today.cases, most.cases)} cases, ${ofMost(today.people, most.people)} people\n`);
  print(`the database's clock is ${ctx.databaseClock.differenceMs()} ms ahead of this machine's\n`);
  if (time.refusedBy) print(`nothing ends or is erased: ${time.refusedBy}\n`);
  if (time.unwitnessedDays > 0) print(`${time.unwitnessedDays} days in which nothing ran do not count: trust-clock\n`);
  return 0;
}

async function list(ctx: Context, print: Print): Promise<number> {
  for await (const erasure of ctx.erased.list()) print(`${lineOf(erasure)}\n`);
  return 0;
}

async function requests(ctx: Context, print: Print): Promise<number> {
  for (const { id, at } of await ctx.people.listErasures()) print(`${at.toISOString()} ${id}\n`);
  return 0;
}

async function carryOut(ctx: Context, personId: string, print: Print): Promise<number> {
  try {
    const fates = await carryOutErasure(ctx, { personId });
    for (const { number, fate } of fates)
      print(`${number}: ${fate instanceof Date ? `stored until ${fate.toISOString().slice(0, 10)}` : FATES[fate]}\n`);
    const isRunning = fates.some(({ fate }) => fate === "running");
    print(isRunning ? "a case runs: the request stays open\n" : "what no case needs is forgotten\n");
    return 0;
  } catch (error) {
    if (!(error instanceof NotFound)) throw error;
    print("nobody with this ID has asked\n");
    return 1;
  }
}

async function trust(ctx: Context, print: Print): Promise<number> {
  const now = ctx.clock.now().toISOString();
  print(`It is ${now}; ${await ctx.witness.trust()} gaps count from now on.\n`);
  return 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await runCommand((ctx) => eraseCommand(ctx, process.argv.slice(2), (text) => void process.stdout.write(text)));
