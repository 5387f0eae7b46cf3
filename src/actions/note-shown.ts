import type { Context } from "../context.ts";
import type { Accident, Letter } from "../domain/accident.ts";
import { isNewlyShown } from "../domain/presence.ts";

/**
 * Notes which version of the case this driver's open page shows, so that no message repeats it. It is no
 * change of the case; where it fails the driver gets the message as well.
 */
export async function noteShown(
  ctx: Context,
  accident: Accident,
  shown: { letter: Letter; version: number },
): Promise<void> {
  const at = ctx.clock.now();
  if (!isNewlyShown(accident, shown.letter, { version: shown.version, at })) return;
  await ctx.accidents.noteShown(accident.id, { ...shown, at }).catch(({ code, name }) => {
    ctx.log.warn({ accidentId: accident.id, code: String(code ?? name) }, "live.showing-not-noted");
  });
}
