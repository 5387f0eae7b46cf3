import type { Context } from "../context.ts";
import type { Accident } from "../domain/accident.ts";
import type { Officer } from "../domain/officer.ts";
import { holds } from "../domain/recusal.ts";
import { Conflict } from "../errors.ts";

/**
 * Notes that an officer must not handle a case (a party, or says so): it leaves that officer's queue for
 * good. One who has it in hand puts it back first; throws Conflict "in-hand".
 */
export function recuseOfficer(ctx: Context, accidentId: string, { id }: Pick<Officer, "id">): Promise<Accident> {
  return ctx.accidents.change(accidentId, (accident) => {
    if (accident.recused.includes(id)) return null;
    if (holds(accident, id)) throw new Conflict("in-hand");
    return {
      accident: { ...accident, recused: [...accident.recused, id] },
      events: [{ type: "officer-recused", by: `officer:${id}`, data: {} }],
    };
  });
}
