import type { Context } from "../context.ts";
import type { Accident, Letter, NewEvent } from "../domain/accident.ts";
import { requireDesk } from "../domain/act-on-dispute.ts";
import { type DeterminedDegree, isDegreePair } from "../domain/determination.ts";
import { awaitsSpotLetter, NO_DISPUTE } from "../domain/dispute.ts";
import type { Desk } from "../domain/dispute-act.ts";
import { Conflict, Invalid } from "../errors.ts";

interface Spot {
  accidentId: string;
  by: Desk;
  number: string;
  degrees: Record<Letter, DeterminedDegree>;
}

/**
 * Enters number and result of the letter that an officer wrote on the spot, once. Throws Invalid
 * "impossible-degrees", Conflict "wrong-step" for a case that did not end with the police coming.
 */
export function enterSpotLetter(ctx: Context, spot: Spot): Promise<Accident> {
  const { accidentId, by, number, degrees } = spot;
  requirePair(spot);
  return ctx.accidents.change(accidentId, (accident) => {
    requireDesk(accident, by, "determine");
    const dispute = accident.dispute ?? NO_DISPUTE;
    if (!awaitsSpotLetter(accident)) throw new Conflict("wrong-step");
    const spotLetter = { number, degrees, by: by.officerId, at: ctx.clock.now() };
    return {
      accident: { ...accident, dispute: { ...dispute, spotLetter } },
      events: [eventOf(ctx, accident, { spot, type: "spot-letter-entered" })],
    };
  });
}

/**
 * Corrects what was entered, by a supervisor with a reason; what stood before stays with it. Throws Conflict
 * "wrong-step" where nothing was entered, or the same stands already.
 */
export function correctSpotLetter(ctx: Context, spot: Spot & { reason: string }): Promise<Accident> {
  const { accidentId, by, number, degrees, reason } = spot;
  requirePair(spot);
  return ctx.accidents.change(accidentId, (accident) => {
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
      events: [eventOf(ctx, accident, { spot, type: "spot-letter-corrected" })],
    };
  });
}

function requirePair({ degrees }: Spot): void {
  if (!isDegreePair(degrees.A, degrees.B)) throw new Invalid("impossible-degrees", { field: "degrees" });
}

const eventOf = (
  { vault }: Context,
  { key }: Accident,
  { spot: { by, number, degrees }, type }: { spot: Spot; type: NewEvent["type"] },
): NewEvent => ({
  type,
  by: `officer:${by.officerId}`,
  data: { digest: vault.digest(key, number), A: degrees.A, B: degrees.B },
});
