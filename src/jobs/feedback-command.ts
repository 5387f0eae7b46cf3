import { pathToFileURL } from "node:url";
import type { Context } from "../context.ts";
import { runCommand } from "../operator-program.ts";

const USAGE = `usage: feedback-command list        complaints that wait for an answer, the oldest first
       feedback-command done ID…    they have been dealt with
       feedback-command ratings     how often each rating was given
`;
const LIST_LIMIT = 1_000;

type Print = (text: string) => void;

/** Shows drivers' complaints and ratings to the operator. Returns the exit code. */
export async function feedbackCommand(ctx: Context, words: readonly string[], print: Print): Promise<number> {
  const [verb, ...ids] = words;
  if (verb === "list" && ids.length === 0) return list(ctx, print);
  if (verb === "ratings" && ids.length === 0) return ratings(ctx, print);
  if (verb === "done" && ids.length > 0) return settle(ctx, ids, print);
  print(USAGE);
  return 2;
}

async function list(ctx: Context, print: Print): Promise<number> {
  const open = await ctx.feedback.listOpen(LIST_LIMIT);
  for (const { id, number, rating, at, complaint } of open) {
    const text = complaint.replaceAll(/\s+/g, " ");
    print(`${[id, number, at.toISOString(), `rating=${rating ?? "-"}`, text].join("\t")}\n`);
  }
  print(`${open.length} complaints${open.length === LIST_LIMIT ? " (the oldest; there may be more)" : ""}\n`);
  return 0;
}

async function ratings(ctx: Context, print: Print): Promise<number> {
  for (const [rating, count] of Object.entries(await ctx.feedback.ratings())) print(`${rating}\t${count}\n`);
  return 0;
}

async function settle(ctx: Context, ids: readonly string[], print: Print): Promise<number> {
  let unknown = 0;
  for (const id of ids) {
    const isSettled = await ctx.feedback.settle(id, ctx.clock.now());
    if (!isSettled) unknown++;
    print(`${id}\t${isSettled ? "done" : "no open complaint"}\n`);
  }
  return unknown > 0 ? 1 : 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await runCommand((ctx) => feedbackCommand(ctx, process.argv.slice(2), (text) => void process.stdout.write(text)));
