import type { Context } from "../context.ts";
import type { Accident, Letter, Scene, Weather } from "../domain/accident.ts";
import { requireCalm } from "../domain/brakes.ts";
import { correctionNotice } from "../domain/notice.ts";
import { timeFault } from "../domain/occurrence.ts";
import { corrected, requireGivable, requireParty } from "../domain/party.ts";
import { judgedAgain } from "../domain/photo-findings.ts";
import { Invalid } from "../errors.ts";

export interface RecordPlace {
  accidentId: string;
  letter: Letter;
  address: string;
  /** a whole minute, as a driver says it */
  occurredAt: Date;
  weather: Weather;
  /** the driver's word, where `weather` is "other" */
  weatherWord?: string | null;
}

/**
 * Records where, when and in which weather: entered by A, corrected by either; a correction makes both sign
 * again. Throws Invalid "time-…" for a time that cannot be the accident's.
 */
export function recordPlace(ctx: Context, { accidentId, letter, ...given }: RecordPlace): Promise<Accident> {
  const word = given.weather === "other" ? (given.weatherWord ?? null) : null;
  return ctx.accidents.change(accidentId, (accident) => {
    requireParty(accident, letter);
    const scene: Scene = { ...accident.scene, ...given, weatherWord: word };
    // The same data again (a double tap) is no correction and voids no signature.
    if (isSame(accident.scene, scene)) return null;
    requireGivable("place", accident, letter, ctx.config.rules.catalogue);
    const now = ctx.clock.now();
    const fault = timeFault(given.occurredAt, { openedAt: accident.openedAt, now });
    if (fault) throw new Invalid(fault, { field: "when" });
    requireCalm(accident, letter, now);
    const placed = { ...accident, scene };
    const digest = ctx.vault.digest(accident.key, JSON.stringify([given.address, word]));
    const data = { digest, weather: given.weather, occurredAt: given.occurredAt.toISOString() };
    return {
      accident: corrected(accident, { ...placed, photos: judgedAgain(placed) }, { by: letter, at: now }),
      events: [{ type: "place-recorded", by: letter, data }],
      outbox: correctionNotice(accident, letter),
    };
  });
}

const isSame = (before: Scene, after: Scene): boolean =>
  before.address === after.address &&
  before.weather === after.weather &&
  before.weatherWord === after.weatherWord &&
  before.occurredAt?.getTime() === after.occurredAt?.getTime();
