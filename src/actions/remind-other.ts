import type { Context } from "../context.ts";
import { type Accident, type Letter, otherOf } from "../domain/accident.ts";
import { stepOf } from "../domain/journey.ts";
import { notice } from "../domain/notice.ts";
import { requireParty } from "../domain/party.ts";
import { mayRemind, WAITING_STEPS, waitingOf } from "../domain/waiting.ts";
import { Conflict } from "../errors.ts";

/**
 * Tells the other driver that it is their turn, for a driver who has waited five minutes; a second tap within
 * the next five changes nothing.
 */
export function remindOther(
  ctx: Context,
  { accidentId, letter }: { accidentId: string; letter: Letter },
): Promise<Accident> {
  return ctx.accidents.change(accidentId, (accident) => {
    requireParty(accident, letter);
    const step = stepOf(accident, letter, ctx.config.rules.catalogue);
    if (!WAITING_STEPS.includes(step) || !accident.parties[otherOf(letter)]) throw new Conflict("wrong-step");
    if (!mayRemind(waitingOf(accident, letter), ctx.clock.now())) return null;
    return {
      accident,
      events: [{ type: "party-reminded", by: letter, data: { step } }],
      outbox: [notice(accident, otherOf(letter), "reminded")],
    };
  });
}
