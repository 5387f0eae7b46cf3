import type { Context } from "../context.ts";

const BATCH = 50;

/**
 * Takes outboxes over into the deliveries and empties them, in this order: a crash anywhere repeats harmlessly. One that cannot be taken over is said
 * and does not hold up the others; where none can, it throws. Returns how many accidents had something.
 * `said`: the accidents of which it was said before.
 */
export async function relayOutbox(ctx: Context, said: Set<string> = new Set()): Promise<number> {
  const outboxes = await ctx.accidents.listOutbox(BATCH);
  const faults: { accidentId: string; error: unknown }[] = [];
  for (const { accidentId, entries } of outboxes) {
    try {
      await ctx.deliveries.upsertFromOutbox({ accidentId, entries });
      await ctx.accidents.pullOutbox(
        accidentId,
        entries.map(({ id }) => id),
      );
    } catch (error) {
      faults.push({ accidentId, error });
    }
  }
  const [first] = faults;
  if (first && faults.length === outboxes.length) throw first.error;
  for (const { accidentId, error } of faults.filter((fault) => !said.has(fault.accidentId))) {
    said.add(accidentId);
    const { code, name } = error as { code?: unknown; name?: string };
    ctx.log.error({ accidentId, code: String(code ?? name) }, "jobs.outbox-not-taken");
  }
  return outboxes.length - faults.length;
}
