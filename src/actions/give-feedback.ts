import type { Context } from "../context.ts";
import type { Accident, Letter } from "../domain/accident.ts";
import { BRAKES } from "../domain/brakes.ts";
import { isOver } from "../domain/party.ts";
import { Conflict, Invalid } from "../errors.ts";

export interface GiveFeedback {
  accidentId: string;
  letter: Letter;
  /** 1 to 5 */
  rating: number | null;
  /** "" for none */
  complaint: string;
}

/**
 * Keeps what a driver says of a case that is over, instead of what they said before; a complaint waits on the
 * operator's list. Throws Conflict "wrong-step" while the case runs, Invalid "too-many-requests" (429) beyond
 * ten a day.
 */
export async function giveFeedback(ctx: Context, input: GiveFeedback): Promise<Accident> {
  const { accidentId, letter, rating, complaint } = input;
  const accident = await ctx.accidents.get(accidentId);
  const personId = accident.parties[letter]?.identity.personId;
  if (!isOver(accident) || !personId) throw new Conflict("wrong-step");
  const at = ctx.clock.now();
  if (!(await ctx.tries.slide(`feedback/${personId}`, BRAKES.feedback, at)))
    throw new Invalid("too-many-requests", { retryAfterS: 3600 }, 429);
  await ctx.feedback.keep({ id: `${accidentId}/${letter}`, number: accident.number, rating, complaint, at });
  const isComplaint = complaint !== "";
  if (isComplaint) ctx.log.warn({ accidentId, letter }, "feedback.complaint");
  return ctx.accidents.change(accident, (current) => ({
    accident: current,
    events: [{ type: "feedback-given", by: letter, data: { rating: rating ?? 0, isComplaint } }],
  }));
}
