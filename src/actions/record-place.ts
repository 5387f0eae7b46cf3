import type { Context } from "../context.ts";
import type { Accident, Letter, Weather } from "../domain/accident.ts";
import { requireCalm } from "../domain/brakes.ts";
import { correctionNotice } from "../domain/notice.ts";
import { corrected, requireGivable, requireParty } from "../domain/party.ts";

export interface RecordPlace {
  accidentId: string;
  letter: Letter;
  address: string;
  weather: Weather;
}

/** Records address and weather, entered by A; a later correction makes both sign again. */
export function recordPlace(ctx: Context, { accidentId, letter, address, weather }: RecordPlace): Promise<Accident> {
  return ctx.accidents.change(accidentId, (accident) => {
    requireParty(accident, letter);
    // The same data again (a double tap) is no correction and voids no signature.
    if (letter === "A" && accident.scene.address === address && accident.scene.weather === weather) return null;
    requireGivable("place", accident, letter, ctx.config.rules.catalogue);
    const at = ctx.clock.now();
    requireCalm(accident, letter, at);
    const scene = { ...accident.scene, address, weather };
    const digest = ctx.vault.digest(accident.key, address);
    return {
      accident: corrected(accident, { ...accident, scene }, { by: letter, at }),
      events: [{ type: "place-recorded", by: letter, data: { digest, weather } }],
      outbox: correctionNotice(accident, letter),
    };
  });
}
