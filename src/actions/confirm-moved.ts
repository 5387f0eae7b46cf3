import type { Context } from "../context.ts";
import type { Accident, Letter } from "../domain/accident.ts";
import { stepOf } from "../domain/journey.ts";
import { requireParty } from "../domain/party.ts";
import { Conflict } from "../errors.ts";

/**
 * Records that the cars have left the carriageway (Order 146 art. 19): allowed once the photographs are
 * stored.
 */
export function confirmMoved(
  ctx: Context,
  { accidentId, letter }: { accidentId: string; letter: Letter },
): Promise<Accident> {
  return ctx.accidents.change(accidentId, (accident) => {
    requireParty(accident, letter);
    if (accident.movedAt) return null;
    if (stepOf(accident, letter, ctx.config.rules.catalogue) !== "move") throw new Conflict("wrong-step");
    return {
      accident: { ...accident, movedAt: ctx.clock.now() },
      events: [{ type: "vehicles-moved", by: letter, data: {} }],
    };
  });
}
