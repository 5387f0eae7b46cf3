import type { Context } from "../context.ts";

const BATCH = 50;

/** Takes outboxes over into the deliveries and empties them, in this order: a crash anywhere repeats harmlessly. Returns how many accidents had something. */
export async function relayOutbox(ctx: Context): Promise<number> {
  const outboxes = await ctx.accidents.listOutbox(BATCH);
  for (const { accidentId, entries } of outboxes) {
    await ctx.deliveries.upsertFromOutbox({ accidentId, entries });
    await ctx.accidents.pullOutbox(
      accidentId,
      entries.map(({ id }) => id),
    );
  }
  return outboxes.length;
}
