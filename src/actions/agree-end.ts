import type { Context } from "../context.ts";
import { type Accident, type Letter, otherOf } from "../domain/accident.ts";
import { notice } from "../domain/notice.ts";
import { resumptionOf } from "../domain/resumption.ts";
import { Conflict } from "../errors.ts";

/** Makes an end final because the other driver agrees to it; a second tap changes nothing. */
export function agreeEnd(
  ctx: Context,
  { accidentId, letter }: { accidentId: string; letter: Letter },
): Promise<Accident> {
  return ctx.accidents.change(accidentId, (accident) => {
    const { ended } = accident;
    if (ended?.isAgreed) return null;
    if (!ended || !resumptionOf(accident, letter)?.mayAgree) throw new Conflict("wrong-step");
    return {
      accident: { ...accident, ended: { ...ended, isAgreed: true } },
      events: [{ type: "end-agreed", by: letter, data: { code: ended.code } }],
      outbox: [notice(accident, otherOf(letter), "end-agreed")],
    };
  });
}
