import type { Context } from "../context.ts";
import { type Accident, type Change, type Letter, otherOf } from "../domain/accident.ts";
import { requireCalm } from "../domain/brakes.ts";
import { notice } from "../domain/notice.ts";
import { resumed, resumptionOf } from "../domain/resumption.ts";
import { Conflict } from "../errors.ts";

/**
 * Takes an ended case up again, with its photographs and entries, within two hours of its end: at once for
 * the driver who ended it or whom the other has asked; else the other is asked. Throws Conflict "wrong-step"
 * when the end is final, "already-open" while driver A has another case running.
 */
export function resumeAccident(
  ctx: Context,
  { accidentId, letter }: { accidentId: string; letter: Letter },
): Promise<Accident> {
  return ctx.accidents.change(accidentId, (accident) => {
    // A second tap finds it running.
    if (!accident.ended && !accident.concludedAt) return null;
    const way = resumptionOf(accident, letter);
    if (!way || way.until <= ctx.clock.now()) throw new Conflict("wrong-step");
    if (!way.isMine) return way.askedBy === "me" ? null : ask(accident, letter);
    requireCalm(accident, letter, ctx.clock.now());
    return {
      accident: resumed(accident),
      events: [{ type: "resumed", by: letter, data: {} }],
      outbox: accident.parties[otherOf(letter)] ? [notice(accident, otherOf(letter), "resumed")] : [],
    };
  });
}

const ask = (accident: Accident, letter: Letter): Change => ({
  accident: { ...accident, ended: accident.ended && { ...accident.ended, resumeAskedBy: letter } },
  events: [{ type: "resume-asked", by: letter, data: {} }],
  outbox: [notice(accident, otherOf(letter), "resume-asked")],
});
