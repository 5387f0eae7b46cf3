import type { Context } from "../context.ts";

const BATCH = 50;

/**
 * Takes outboxes over into the deliveries and empties them, in this order: a crash anywhere repeats harmlessly. One that
 * cannot be taken over is logged once and holds up nobody else's. Returns how many accidents' outboxes were taken over.
 * `failing`: the accidents whose outbox could not be taken over in an earlier round; kept up to date.
 */
export async function relayOutbox(ctx: Context, failing: Set<string> = new Set()): Promise<number> {
  const outboxes = await ctx.accidents.listOutbox(BATCH + failing.size);
  let moved = 0;
  for (const { accidentId, entries } of outboxes) {
    try {
      await ctx.deliveries.upsertFromOutbox({ accidentId, entries });
      await ctx.accidents.pullOutbox(
        accidentId,
        entries.map(({ id }) => id),
      );
      failing.delete(accidentId);
      moved++;
    } catch (error) {
      if (!failing.has(accidentId)) sayNotTaken(ctx, accidentId, error);
      failing.add(accidentId);
    }
  }
  return moved;
}

function sayNotTaken({ log }: Context, accidentId: string, error: unknown): void {
  const { code, name } = error as { code?: unknown; name?: string };
  log.error({ accidentId, code: String(code ?? name) }, "jobs.outbox-not-taken");
}
