import type { Context } from "../context.ts";
import { Unreadable } from "../errors.ts";
import type { Erasure } from "../store/erased.ts";

/** The clocks of the database and of the machine that made the backup may differ by so much. */
const MARGIN_MS = 300_000;

/**
 * Erases again what was erased after a backup was made. Somebody who was erased before may have come back
 * since: they stay. Returns how many cases and people there were.
 */
export async function repeatErasures(
  ctx: Context,
  { erasures, since }: { erasures: readonly Erasure[]; since: Date },
): Promise<number> {
  const from = since.getTime() - MARGIN_MS;
  let count = 0;
  // cases first: they leave their people's lists
  for (const { kind, id } of erasures)
    if (kind === "case" && (await isThere(ctx, id))) {
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

async function isThere({ accidents }: Context, id: string): Promise<boolean> {
  try {
    return (await accidents.find(id)) !== null;
  } catch (error) {
    if (error instanceof Unreadable) return true;
    throw error;
  }
}
