import type { Context } from "../context.ts";
import { type Accident, type Details, type Letter, otherOf } from "../domain/accident.ts";
import { serialise } from "../domain/agreement.ts";
import { Invalid } from "../errors.ts";
import { correctionNotice } from "./notice.ts";
import { requireParty, withoutSignatures, withParty } from "./require.ts";

export interface GiveDetails {
  accidentId: string;
  letter: Letter;
  details: Details;
}

/** A driver's own data and his car's (Order 146 art. 21); kept for his next time. A later correction makes both sign anew. */
export async function giveDetails(ctx: Context, { accidentId, letter, details }: GiveDetails): Promise<Accident> {
  const after = await ctx.accidents.change(accidentId, (accident) => {
    const { details: before } = requireParty(accident, letter);
    // The same again (a second tap) is no correction: nobody has to sign anew for it.
    if (before && serialise(before) === serialise(details)) return null;
    if (accident.parties[otherOf(letter)]?.details?.plate === details.plate)
      throw new Invalid("same-plate", { field: "plate" });
    const digest = ctx.vault.digest(accident.key, serialise(details));
    return {
      accident: withoutSignatures(withParty(accident, letter, { details })),
      events: [
        {
          type: "details-given",
          by: letter,
          data: { digest, insurer: details.insurerCode, vehicleKind: details.vehicleKind },
        },
      ],
      outbox: correctionNotice(accident, letter),
    };
  });
  const personId = after.parties[letter]?.identity.personId;
  if (personId) await ctx.people.remember(personId, details);
  return after;
}
