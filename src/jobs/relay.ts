import type { Context } from "../context.ts";
import { codeOf } from "../errors.ts";

const BATCH = 50;

/**
 * Moves outboxes into the deliveries, then empties them: a crash in between repeats harmlessly. Returns the
 * number of accidents moved. An outbox that cannot be moved is logged once and delays no other. `failing`:
 * accidents whose outbox failed in an earlier round; updated here.
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
  log.error({ accidentId, code: codeOf(error) }, "jobs.outbox-not-taken");
}
