import type { Context } from "../context.ts";
import type { Accident, Letter } from "../domain/accident.ts";
import { mayRemoveOther } from "../domain/journey.ts";
import { Conflict } from "../errors.ts";
import { notice } from "./notice.ts";

/** A takes out who joined by mistake, until one of them has signed; a new invitation can follow. His pictures go with him: they would pass for those of whoever comes next. */
export function removeParty(
  ctx: Context,
  { accidentId, letter }: { accidentId: string; letter: Letter },
): Promise<Accident> {
  return ctx.accidents.change(accidentId, (accident) => {
    const { A, B } = accident.parties;
    if (!mayRemoveOther(accident, letter)) throw new Conflict("wrong-step");
    if (!B) return null;
    return {
      accident: {
        ...accident,
        parties: { A, B: null },
        photos: accident.photos.filter(({ by }) => by !== "B"),
        invitation: null,
      },
      events: [{ type: "party-removed", by: "A", data: {} }],
      outbox: [notice(accident, "B", "removed")],
    };
  });
}
