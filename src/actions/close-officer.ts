import type { Context } from "../context.ts";
import { actInTurn, actsToFree } from "../domain/act-on-dispute.ts";
import { disputeRules } from "../domain/dispute-rules.ts";
import { NotFound } from "../errors.ts";

/**
 * Closes an account, ends its sessions and puts what it had in hand back into the queue; `by` null: the
 * operator, by a command. Throws NotFound where it is closed already, after putting back what was left.
 */
export async function closeOfficer(
  ctx: Context,
  { id, by, address }: { id: string; by: string | null; address: string },
): Promise<void> {
  const who = { officerId: by ?? "operator", address, accidentId: null, reason: null };
  await ctx.accessLog.add({ ...who, act: "closed-account" });
  const isClosed = await ctx.officers.close(id);
  await ctx.officerSessions.endAllOf(id);
  for (const accidentId of await ctx.disputes.heldBy(id)) await freeCase(ctx, accidentId, id);
  if (!isClosed) throw new NotFound();
}

const freeCase = (ctx: Context, accidentId: string, officerId: string) =>
  ctx.accidents.change(accidentId, (accident) => {
    const acts = actsToFree(accident, officerId);
    if (acts.length === 0) return null;
    return actInTurn({ accident, events: [] }, acts, disputeRules(ctx, accident));
  });
