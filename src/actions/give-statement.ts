import type { Context } from "../context.ts";
import { type Accident, type Change, type Letter, otherOf, type Statement } from "../domain/accident.ts";
import { serialise } from "../domain/agreement.ts";
import { requireCalm } from "../domain/brakes.ts";
import { disputeRules } from "../domain/dispute-rules.ts";
import { compareStatements, contradict, findAct } from "../domain/liability.ts";
import { notice } from "../domain/notice.ts";
import { corrected, requireGivable, requireParty, withParty } from "../domain/party.ts";
import { settleDispute } from "../domain/settled-dispute.ts";
import { Invalid } from "../errors.ts";

export interface GiveStatement {
  accidentId: string;
  letter: Letter;
  statement: Omit<Statement, "statedAt">;
}

/**
 * Records one driver's statement of what happened, made without seeing the other's. It may be changed until
 * this driver has signed.
 */
export function giveStatement(ctx: Context, { accidentId, letter, statement }: GiveStatement): Promise<Accident> {
  const { catalogue } = ctx.config.rules;
  for (const field of ["ownAct", "otherAct"] as const) {
    if (!findAct(catalogue, statement[field])) throw new Invalid("unknown-act", { field });
  }
  if (contradict(catalogue, statement.ownAct, statement.otherAct))
    throw new Invalid("contradictory-acts", { field: "otherAct" });
  return ctx.accidents.change(accidentId, (accident) => {
    const { statement: before } = requireParty(accident, letter);
    if (before && isSame(before, statement)) return null;
    requireGivable("statement", accident, letter, catalogue);
    const at = ctx.clock.now();
    requireCalm(accident, letter, at);
    const stated = corrected(accident, withParty(accident, letter, { statement: { ...statement, statedAt: at } }), {
      by: letter,
      at,
    });
    const outcome = compareStatements(stated, catalogue).kind;
    const digest = ctx.vault.digest(accident.key, serialise(statement));
    const { ownAct, otherAct, impact } = statement;
    const change: Change = {
      accident: stated,
      events: [{ type: "statement-given", by: letter, data: { ownAct, otherAct, impact, outcome, digest } }],
      outbox: outcome === "incomplete" ? [] : [notice(stated, otherOf(letter), `statements-${outcome}`)],
    };
    return settleDispute(change, disputeRules(ctx, accident));
  });
}

/** True for a double tap: no correction, so no signature is void and the other driver is not told twice. */
function isSame({ statedAt: _, ...before }: Statement, statement: GiveStatement["statement"]): boolean {
  return serialise(before) === serialise(statement);
}
