import type { Context } from "../context.ts";
import type { Accident, Change } from "../domain/accident.ts";
import { actInTurn, requireDesk } from "../domain/act-on-dispute.ts";
import type { Desk, DisputeAct } from "../domain/dispute-act.ts";
import { disputeRules } from "../domain/dispute-rules.ts";
import { inHandsOf, type RecusalReason } from "../domain/recusal.ts";

/**
 * Recuses another officer by a supervisor's decision (Order 146 art. 105); what that officer has in hand goes
 * back into the queue with it.
 */
export function recuseOther(
  ctx: Context,
  accidentId: string,
  { officerId, by, reason }: { officerId: string; by: Desk; reason: RecusalReason },
): Promise<Accident> {
  return ctx.accidents.change(accidentId, (accident) => {
    requireDesk(accident, by, "reassign");
    if (accident.recused.includes(officerId)) return null;
    const { accident: freed, events, outbox } = putBack(ctx, accident, { officerId, by });
    const data = { officer: officerId, reason };
    return {
      accident: { ...freed, recused: [...freed.recused, officerId] },
      events: [...events, { type: "officer-recused", by: `officer:${by.officerId}`, data }],
      ...(outbox && { outbox }),
    };
  });
}

/** Puts guidance and application that this officer has back into the queue. */
function putBack(ctx: Context, accident: Accident, { officerId, by }: { officerId: string; by: Desk }): Change {
  const { guidance, application } = inHandsOf(accident, officerId);
  const acts: DisputeAct[] = [
    ...(guidance ? [{ type: "reassign-guidance" as const, by }] : []),
    ...(application ? [{ type: "reassign-application" as const, by }] : []),
  ];
  return actInTurn({ accident, events: [] }, acts, disputeRules(ctx, accident));
}
