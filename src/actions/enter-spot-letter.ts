import type { Context } from "../context.ts";
import type { Accident, Letter } from "../domain/accident.ts";
import { requireDesk } from "../domain/act-on-dispute.ts";
import { type DeterminedDegree, isDegreePair } from "../domain/determination.ts";
import { NO_DISPUTE } from "../domain/dispute.ts";
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
 * "impossible-degrees", Conflict "wrong-step" for a case that did not end there.
 */
export function enterSpotLetter(ctx: Context, { accidentId, by, number, degrees }: Spot): Promise<Accident> {
  if (!isDegreePair(degrees.A, degrees.B)) throw new Invalid("impossible-degrees", { field: "degrees" });
  return ctx.accidents.change(accidentId, (accident) => {
    requireDesk(accident, by, "determine");
    const dispute = accident.dispute ?? NO_DISPUTE;
    if (accident.ended?.code !== "on-the-spot" || dispute.spotLetter) throw new Conflict("wrong-step");
    const spotLetter = { number, degrees, by: by.officerId, at: ctx.clock.now() };
    return {
      accident: { ...accident, dispute: { ...dispute, spotLetter } },
      events: [
        {
          type: "spot-letter-entered",
          by: `officer:${by.officerId}`,
          data: { digest: ctx.vault.digest(accident.key, number), A: degrees.A, B: degrees.B },
        },
      ],
    };
  });
}
