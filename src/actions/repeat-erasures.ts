import type { Context } from "../context.ts";
import type { Erasure } from "../store/erased.ts";

/** The clocks of the database and of the machine that made the backup may differ by so much. */
const MARGIN_MS = 300_000;

/**
 * Erases again what was erased after a backup was made, also where an earlier run has begun: of a case that
 * has lost its key already, files and deliveries may have been written again since. Somebody who was erased
 * before may have come back since: they stay. Returns how many cases and people there were.
 */
export async function repeatErasures(
  ctx: Context,
  { erasures, since }: { erasures: readonly Erasure[]; since: Date },
): Promise<number> {
  const from = since.getTime() - MARGIN_MS;
  let count = 0;
  // cases first: they leave their people's lists
  for (const { kind, id, at } of erasures) {
    const state = kind === "case" ? await ctx.retention.stateOf(id) : null;
    if (state === null || (state === "erased" && at.getTime() < from)) continue;
    await ctx.retention.erase(id, { held: true });
    count++;
  }
  for (const { kind, id, at } of erasures) {
    if (kind === "case" || at.getTime() < from) continue;
    const person = await ctx.people.find(id);
    if (!person) continue;
    if (kind === "details") await ctx.people.forgetDetails(id);
    else await ctx.people.forget(person, { case: (person.cases ?? []).length > 0 });
    count++;
  }
  ctx.log.warn({ count }, "erasure.repeated");
  return count;
}
