import { pathToFileURL } from "node:url";
import { resendDelivery } from "../actions/resend-delivery.ts";
import type { Context } from "../context.ts";
import { AppError } from "../errors.ts";
import { runCommand } from "../operator-program.ts";

const USAGE = `usage: deliveries-command list
       deliveries-command resend ID…
       deliveries-command resend --all
`;
const LIST_LIMIT = 1_000;

type Print = (text: string) => void;

/** Lists undelivered messages for an operator, and resends one. Returns the exit code. */
export async function deliveriesCommand(ctx: Context, words: readonly string[], print: Print): Promise<number> {
  const [verb, ...ids] = words;
  if (verb === "list" && ids.length === 0) return list(ctx, print);
  if (verb === "resend" && ids.length > 0) return resend(ctx, { ids, print });
  print(USAGE);
  return 2;
}

async function list(ctx: Context, print: Print): Promise<number> {
  const deliveries = await ctx.deliveries.listUndelivered(LIST_LIMIT);
  for (const { _id, kind, target, state, attempts, dueAt, blockedBy, log, createdAt } of deliveries) {
    // a notice's target is a keyed hash, of no use to the reader
    const to = kind === "claim" ? target : "-";
    const next = blockedBy ? `after ${blockedBy}` : (dueAt?.toISOString() ?? "-");
    const { code = "-", head = "" } = log.at(-1) ?? {};
    const told = [`attempts=${attempts}`, `last=${code}`, `next=${next}`, createdAt.toISOString(), head];
    print(`${[_id, kind, to, state, ...told].join("\t").trimEnd()}\n`);
  }
  const more = deliveries.length === LIST_LIMIT ? " (the oldest; there may be more)" : "";
  print(`${deliveries.length} undelivered${more}\n`);
  return 0;
}

async function resend(ctx: Context, { ids, print }: { ids: readonly string[]; print: Print }): Promise<number> {
  const all = ids.length === 1 && ids[0] === "--all";
  const chosen = all ? await stopped(ctx) : ids;
  let failed = 0;
  for (const id of chosen) {
    const said = await resendOne(ctx, id);
    if (said !== "due again") failed++;
    print(`${id}\t${said}\n`);
  }
  return failed > 0 && !all ? 1 : 0;
}

async function stopped(ctx: Context): Promise<string[]> {
  return (await ctx.deliveries.listUndelivered(LIST_LIMIT, ["dead", "held"])).map(({ _id }) => _id);
}

async function resendOne(ctx: Context, id: string): Promise<string> {
  try {
    return (await resendDelivery(ctx, { id })) ? "due again" : "done or on its way";
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await runCommand((ctx) => deliveriesCommand(ctx, process.argv.slice(2), (text) => void process.stdout.write(text)));
