import type { Context } from "../context.ts";
import type { Accident } from "../domain/accident.ts";
import { requireDesk } from "../domain/act-on-dispute.ts";
import { requireSpotPair, type SpotEntry, spotEvent } from "../domain/spot-letter.ts";
import { Conflict } from "../errors.ts";

export interface CorrectSpotLetter extends SpotEntry {
  accidentId: string;
  reason: string;
}

/**
 * Corrects what was entered of a letter from the spot, by a supervisor with a reason; what stood before stays
 * with it. Throws Invalid "impossible-degrees", Conflict "wrong-step" where nothing was entered, or the same
 * stands already.
 */
export function correctSpotLetter(ctx: Context, spot: CorrectSpotLetter): Promise<Accident> {
  const { by, number, degrees, reason } = spot;
  requireSpotPair(spot);
  return ctx.accidents.change(spot.accidentId, (accident) => {
    requireDesk(accident, by, "replace-letter");
    const { dispute } = accident;
    const before = dispute?.spotLetter;
    const isSame = before?.number === number && before.degrees.A === degrees.A && before.degrees.B === degrees.B;
    if (!dispute || !before || isSame) throw new Conflict("wrong-step");
    const { earlier = [], ...replaced } = before;
    const spotLetter = {
      ...{ number, degrees, by: by.officerId, at: ctx.clock.now() },
      earlier: [...earlier, { ...replaced, reason }],
    };
    return {
      accident: { ...accident, dispute: { ...dispute, spotLetter } },
      events: [spotEvent("spot-letter-corrected", spot, ctx.vault.digest(accident.key, number))],
    };
  });
}
