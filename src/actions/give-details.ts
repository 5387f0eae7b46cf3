import type { Context } from "../context.ts";
import { type Accident, type Details, type Letter, otherOf } from "../domain/accident.ts";
import { agreedDetails, serialise } from "../domain/agreement.ts";
import { requireCalm } from "../domain/brakes.ts";
import { correctionNotice } from "../domain/notice.ts";
import { corrected, requireGivable, requireParty, withParty } from "../domain/party.ts";
import { withMoved } from "../domain/photo-move.ts";
import { answeredByDetails } from "../domain/photo-place.ts";
import { doubtEvents } from "../domain/photo-plates.ts";
import { Invalid } from "../errors.ts";

export interface GiveDetails {
  accidentId: string;
  letter: Letter;
  details: Details;
}

/**
 * Records one driver's data and car (Order 146 art. 21). A later correction
 * makes both sign again. A plate that differs from the one in its picture is flagged. Throws Invalid
 * "same-plate" or "same-person" for what is the other driver's.
 */
export async function giveDetails(ctx: Context, { accidentId, letter, details }: GiveDetails): Promise<Accident> {
  return ctx.accidents.change(accidentId, (accident) => {
    const { details: before } = requireParty(accident, letter);
    // The same data again (a double tap) is no correction and voids no signature.
    if (before && serialise(before) === serialise(details)) return null;
    requireGivable("details", accident, letter, ctx.config.rules.catalogue);
    const at = ctx.clock.now();
    requireCalm(accident, letter, at);
    const other = accident.parties[otherOf(letter)]?.details;
    if (other?.plate === details.plate) throw new Invalid("same-plate", { field: "plate" });
    if (other?.idNumber === details.idNumber) throw new Invalid("same-person", { field: "idNumber" });
    const digest = ctx.vault.digest(accident.key, serialise(details));
    // whose car it is stands in no agreement: nobody signs anew for it
    const isCorrection = !before || serialise(agreedDetails(before)) !== serialise(agreedDetails(details));
    const changed = withParty(accident, letter, { details });
    const given = isCorrection ? corrected(accident, changed, { by: letter, at }) : changed;
    // a driver who types the plate has answered whose it is
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
      outbox: isCorrection ? correctionNotice(accident, letter) : [],
    };
  });
}
