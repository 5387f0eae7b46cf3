import type { Context } from "../context.ts";
import type { Accident } from "../domain/accident.ts";
import { actOnLetter as act, type LetterAct } from "../domain/letter-acts.ts";
import { letterRules } from "../domain/letter-rules.ts";

/**
 * Records one act of a driver, the desk or the clock on the letter that stands: opened, received, refused,
 * reminded, served by message, review noted, replaced. What was done already changes nothing.
 */
export function actOnLetter(ctx: Context, accidentId: string, what: LetterAct): Promise<Accident> {
  return ctx.accidents.change(accidentId, (accident) => act(accident, what, letterRules(ctx, accident)));
}
