import { pathToFileURL } from "node:url";
import { holdCase } from "../actions/hold-case.ts";
import { liftHold } from "../actions/lift-hold.ts";
import type { Context } from "../context.ts";
import { HOLD_REASONS, isHoldReason } from "../domain/hold.ts";
import { NotFound } from "../errors.ts";
import { runCommand } from "../operator-program.ts";

const USAGE = `usage: hold-command list                    cases that are kept by a legal hold
       hold-command place NUMBER REASON     REASON: ${HOLD_REASONS.join(", ")}
       hold-command lift NUMBER
`;
const LIST_LIMIT = 1_000;

type Print = (text: string) => void;

/** Places and lifts legal holds for an operator. Returns the exit code. */
export async function holdCommand(ctx: Context, words: readonly string[], print: Print): Promise<number> {
  const [verb, number, reason, ...more] = words;
  if (verb === "list" && number === undefined) return list(ctx, print);
  const isPlace = verb === "place" && reason !== undefined && isHoldReason(reason);
  const isLift = verb === "lift" && reason === undefined;
  if (!number || more.length > 0 || !(isPlace || isLift)) {
    print(USAGE);
    return 2;
  }
  const [accident] = await ctx.accidents.listBy("number", number);
  const change = (id: string) => (isPlace ? holdCase(ctx, { id, reason }) : liftHold(ctx, { id }));
  const isDone = accident ? await change(accident.id).catch(nullIfErased) : null;
  if (isDone === null) {
    print(`${number}: there is no such case, or it was erased\n`);
    return 1;
  }
  const [done, not] = isPlace ? ["held", "held already"] : ["free: its time counts from now on", "there is no hold"];
  print(`${number}: ${isDone ? done : not}\n`);
  return isDone ? 0 : 1;
}

/** An erasure may come between the look and the word. */
function nullIfErased(error: unknown): null {
  if (error instanceof NotFound) return null;
  throw error;
}

async function list(ctx: Context, print: Print): Promise<number> {
  const held = await ctx.retention.listHeld(LIST_LIMIT);
  for (const { number, reason, at } of held) print(`${[number, reason, at.toISOString()].join("\t")}\n`);
  print(`${held.length} cases${held.length === LIST_LIMIT ? " (the oldest; there may be more)" : ""}\n`);
  return 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await runCommand((ctx) => holdCommand(ctx, process.argv.slice(2), (text) => void process.stdout.write(text)));
