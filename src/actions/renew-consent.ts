import type { Context } from "../context.ts";
import type { Accident, Letter } from "../domain/accident.ts";
import { BEFORE_THE_FIRST_DATUM, consentEvents } from "../domain/consent.ts";
import { requireParty, withParty } from "../domain/party.ts";

/** Records that a driver has agreed to the notice as it reads now. */
export function renewConsent(
  ctx: Context,
  { accidentId, letter, textVersion }: { accidentId: string; letter: Letter; textVersion: string },
): Promise<Accident> {
  return ctx.accidents.change(accidentId, (accident) => {
    if (requireParty(accident, letter).consent?.textVersion === textVersion) return null;
    const consent = { textVersion, givenAt: ctx.clock.now() };
    return {
      accident: withParty(accident, letter, { consent }),
      events: consentEvents(letter, BEFORE_THE_FIRST_DATUM, textVersion),
    };
  });
}
