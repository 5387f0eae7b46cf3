import type { Context } from "../context.ts";
import type { Accident } from "../domain/accident.ts";
import { requireDesk } from "../domain/act-on-dispute.ts";
import { awaitsSpotLetter, NO_DISPUTE } from "../domain/dispute.ts";
import { requireSpotPair, type SpotEntry, spotEvent } from "../domain/spot-letter.ts";
import { Conflict } from "../errors.ts";

/**
 * Enters number and result of the letter that an officer wrote on the spot, once. Throws Invalid
 * "impossible-degrees", Conflict "wrong-step" for a case that did not end with the police coming.
 */
export function enterSpotLetter(ctx: Context, spot: SpotEntry & { accidentId: string }): Promise<Accident> {
  const { by, number, degrees } = spot;
  requireSpotPair(spot);
  return ctx.accidents.change(spot.accidentId, (accident) => {
    requireDesk(accident, by, "determine");
    const dispute = accident.dispute ?? NO_DISPUTE;
    if (!awaitsSpotLetter(accident)) throw new Conflict("wrong-step");
    const spotLetter = { number, degrees, by: by.officerId, at: ctx.clock.now() };
    return {
      accident: { ...accident, dispute: { ...dispute, spotLetter } },
      events: [spotEvent("spot-letter-entered", spot, ctx.vault.digest(accident.key, number))],
    };
  });
}
