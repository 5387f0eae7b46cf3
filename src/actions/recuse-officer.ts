import type { Context } from "../context.ts";
import type { Accident, Change } from "../domain/accident.ts";
import { actOnDispute, requireDesk } from "../domain/act-on-dispute.ts";
import { applicationHandler, guidanceHandler } from "../domain/dispute.ts";
import type { Desk, DisputeAct } from "../domain/dispute-act.ts";
import { disputeRules } from "../domain/dispute-rules.ts";
import type { Officer } from "../domain/officer.ts";
import { Conflict } from "../errors.ts";

/** Why a supervisor recuses an officer: a party asked for it, or the authority decided so by itself. */
export const RECUSAL_REASONS = ["asked-by-party", "ordered"] as const;
export type RecusalReason = (typeof RECUSAL_REASONS)[number];

/**
 * Notes that an officer must not handle a case (a party, or says so): it leaves that officer's queue for
 * good. One who has it in hand puts it back first; throws Conflict "in-hand".
 */
export function recuseOfficer(ctx: Context, accidentId: string, { id }: Pick<Officer, "id">): Promise<Accident> {
  return ctx.accidents.change(accidentId, (accident) => {
    if (accident.recused.includes(id)) return null;
    if (handlersOf(accident).some((one) => one?.officerId === id)) throw new Conflict("in-hand");
    return {
      accident: { ...accident, recused: [...accident.recused, id] },
      events: [{ type: "officer-recused", by: `officer:${id}`, data: {} }],
    };
  });
}

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

const handlersOf = (accident: Accident) => [guidanceHandler(accident), applicationHandler(accident)];

/** Puts guidance and application that this officer has back into the queue. */
function putBack(ctx: Context, accident: Accident, { officerId, by }: { officerId: string; by: Desk }): Change {
  const [guidance, application] = handlersOf(accident).map((one) => one?.officerId === officerId);
  const acts: DisputeAct[] = [
    ...(guidance ? [{ type: "reassign-guidance" as const, by }] : []),
    ...(application ? [{ type: "reassign-application" as const, by }] : []),
  ];
  const rules = disputeRules(ctx, accident);
  return acts.reduce<Change>(
    (before, act) => {
      const { accident: after, events, outbox = [] } = actOnDispute(before.accident, act, rules);
      return {
        accident: after,
        events: [...before.events, ...events],
        outbox: [...(before.outbox ?? []), ...outbox],
      };
    },
    { accident, events: [] },
  );
}
