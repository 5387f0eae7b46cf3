import type { Context } from "../context.ts";
import type { Accident } from "../domain/accident.ts";
import { actOnDispute as act } from "../domain/act-on-dispute.ts";
import { requireCalm } from "../domain/brakes.ts";
import type { DisputeAct } from "../domain/dispute-act.ts";
import { disputeRules } from "../domain/dispute-rules.ts";

/** Records one act of a driver, an officer or the clock in a dispute; the table says who may and when. */
export function actOnDispute(ctx: Context, accidentId: string, what: DisputeAct): Promise<Accident> {
  return ctx.accidents.change(accidentId, (accident) => {
    const rules = disputeRules(ctx, accident);
    const change = act(accident, what, rules);
    if (what.type === "ask-guidance" || what.type === "propose") requireCalm(accident, what.by, rules.at);
    return change;
  });
}
