import type { Context } from "../context.ts";
import { type Accident, type Details, type Letter, otherOf } from "../domain/accident.ts";
import { serialise } from "../domain/agreement.ts";
import { answeredByDetails } from "../domain/photo-place.ts";
import { Invalid } from "../errors.ts";
import { withMoved } from "./announce-photo.ts";
import { correctionNotice } from "./notice.ts";
import { doubtEvents } from "./read-plate.ts";
import { requireGivable, requireParty, withoutSignatures, withParty } from "./require.ts";

export interface GiveDetails {
  accidentId: string;
  letter: Letter;
  details: Details;
}

/** A driver's own data and his car's (Order 146 art. 21); kept for his next time. A later correction makes both sign anew. A plate that is not the one in its picture is flagged. */
export async function giveDetails(ctx: Context, { accidentId, letter, details }: GiveDetails): Promise<Accident> {
  const after = await ctx.accidents.change(accidentId, (accident) => {
    const { details: before } = requireParty(accident, letter);
    // The same again (a second tap) is no correction: nobody has to sign anew for it.
    if (before && serialise(before) === serialise(details)) return null;
    requireGivable("details", accident, letter, ctx.config.rules.catalogue);
    if (accident.parties[otherOf(letter)]?.details?.plate === details.plate)
      throw new Invalid("same-plate", { field: "plate" });
    const digest = ctx.vault.digest(accident.key, serialise(details));
    const given = withoutSignatures(withParty(accident, letter, { details }));
    // who types the plate has said whose it is
    const answer = answeredByDetails(given);
    const next = answer
      ? withMoved(given, answer.photo, { slot: answer.slot, by: "system" })
      : { accident: given, events: [] };
    const moves = next.events.filter(({ type }) => type === "photo-moved");
    return {
      accident: next.accident,
      events: [
        {
          type: "details-given",
          by: letter,
          data: { digest, insurer: details.insurerCode, vehicleKind: details.vehicleKind },
        },
        ...moves,
        ...doubtEvents(accident, next.accident),
      ],
      outbox: correctionNotice(accident, letter),
    };
  });
  const personId = after.parties[letter]?.identity.personId;
  if (personId) await ctx.people.remember(personId, details);
  return after;
}
