import type { Context } from "../context.ts";
import { type Accident, type Letter, otherOf } from "../domain/accident.ts";
import { requireCalm } from "../domain/brakes.ts";
import { notice } from "../domain/notice.ts";
import { requireParty, voided, withParty } from "../domain/party.ts";

/**
 * Takes a driver's own signature back, to correct something, until the other has signed; a second tap changes
 * nothing. Throws Conflict "wrong-step" once both have signed.
 */
export function takeBackSignature(
  ctx: Context,
  { accidentId, letter }: { accidentId: string; letter: Letter },
): Promise<Accident> {
  return ctx.accidents.change(accidentId, (accident) => {
    const { signature } = requireParty(accident, letter);
    if (!signature) return null;
    const at = ctx.clock.now();
    requireCalm(accident, letter, at);
    return {
      accident: withParty(accident, letter, voided(accident, letter, { by: letter, at })),
      events: [{ type: "signature-taken-back", by: letter, data: { content: signature.contentDigest } }],
      outbox: [notice(accident, otherOf(letter), "signature-taken-back")],
    };
  });
}
