import type { Context } from "../context.ts";
import { type Accident, type Letter, otherOf } from "../domain/accident.ts";
import { CANNOT_MOVE, endOf } from "../domain/eligibility.ts";
import { notice } from "../domain/notice.ts";
import { Conflict } from "../errors.ts";

/**
 * Turns the end "photograph, move, call" into "hold the scene": a car cannot be moved (Order 146 art.
 * 13(1)(5) goes before art. 14). Throws Conflict "wrong-step" at any other end.
 */
export function reportStuckCar(
  ctx: Context,
  { accidentId, letter }: { accidentId: string; letter: Letter },
): Promise<Accident> {
  return ctx.accidents.change(accidentId, (accident) => {
    const { ended } = accident;
    if (ended?.reasons.includes(CANNOT_MOVE)) return null;
    if (ended?.code !== "move-then-call") throw new Conflict("wrong-step");
    const reasons = [...ended.reasons, CANNOT_MOVE];
    const code = endOf({ vehicles: "two", conditions: reasons }, ctx.config.rules.conditions) ?? ended.code;
    const other = otherOf(letter);
    return {
      accident: { ...accident, ended: { code, reasons, by: letter, at: ctx.clock.now() } },
      events: [{ type: "ended", by: letter, data: { code, reasons } }],
      outbox: accident.parties[other] ? [notice(accident, other, "ended", { end: code })] : [],
    };
  });
}
