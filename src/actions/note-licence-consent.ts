import type { Context } from "../context.ts";
import type { Letter } from "../domain/accident.ts";
import { consentEvents, hasConsented, NOTICE_VERSION } from "../domain/consent.ts";

/** Records once that a driver agreed to have photographs of their licences read. */
export async function noteLicenceConsent(
  ctx: Context,
  { accidentId, letter }: { accidentId: string; letter: Letter },
): Promise<void> {
  await ctx.accidents.change(accidentId, (accident) =>
    hasConsented(accident, letter, "licence")
      ? null
      : { accident, events: consentEvents(letter, ["licence"], NOTICE_VERSION) },
  );
}
