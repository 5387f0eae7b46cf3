import type { Context } from "../context.ts";
import type { Accident, Letter } from "../domain/accident.ts";
import type { Step } from "../domain/journey.ts";
import { isNews } from "../domain/presence.ts";

/**
 * Notes that this driver looks at the page of the step now, at most once a minute. It is no change of the
 * case; where it fails nothing is lost but this look.
 */
export async function noteSeen(ctx: Context, accident: Accident, seen: { letter: Letter; step: Step }): Promise<void> {
  const at = ctx.clock.now();
  if (!isNews(accident, seen.letter, { step: seen.step, at })) return;
  await ctx.accidents.noteSeen(accident.id, { ...seen, at }).catch(({ code, name }) => {
    ctx.log.warn({ accidentId: accident.id, code: String(code ?? name) }, "live.look-not-noted");
  });
}
