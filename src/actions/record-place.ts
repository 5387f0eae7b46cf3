import type { Context } from "../context.ts";
import type { Accident, Letter, NewEvent, Scene, Weather } from "../domain/accident.ts";
import { requireCalm } from "../domain/brakes.ts";
import { keptDistrict } from "../domain/dispute.ts";
import { districtAt, findDistrict } from "../domain/district.ts";
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
  /** code of the district that the driver chose, where no position gives one; null or left out: not known */
  district?: string | null;
}

/**
 * Records where, when and in which weather: entered by A, corrected by either; a correction makes both sign
 * again. The district is that of the positions, else the chosen one, and stays once the police have the case.
 * Throws Invalid "time-…" for a time that cannot be the accident's, "unknown-district" for a code that the
 * city does not have.
 */
export async function recordPlace(
  ctx: Context,
  { accidentId, letter, district: chosen = null, ...given }: RecordPlace,
): Promise<Accident> {
  const { districts, catalogue } = ctx.config.rules;
  if (chosen !== null && !findDistrict(districts, chosen)) throw new Invalid("unknown-district", { field: "district" });
  const word = given.weather === "other" ? (given.weatherWord ?? null) : null;
  return ctx.accidents.change(accidentId, (accident) => {
    requireParty(accident, letter);
    const scene: Scene = { ...accident.scene, ...given, weatherWord: word };
    // The same data again (a double tap) is no correction and voids no signature.
    const district = keptDistrict(accident) ?? districtAt(scene.positions, districts) ?? chosen;
    const isUnchanged = isSame(accident.scene, scene);
    if (isUnchanged && district === accident.district) return null;
    requireGivable("place", accident, letter, catalogue);
    const now = ctx.clock.now();
    const fault = timeFault(given.occurredAt, { openedAt: accident.openedAt, now });
    if (fault) throw new Invalid(fault, { field: "when" });
    requireCalm(accident, letter, now);
    const placed = { ...accident, scene, district };
    const events = [placeEvent(ctx, placed, letter)];
    // Whose desk it is stands in nothing that is signed.
    if (isUnchanged) return { accident: placed, events };
    return {
      accident: corrected(accident, { ...placed, photos: judgedAgain(placed) }, { by: letter, at: now }),
      events,
      outbox: correctionNotice(accident, letter),
    };
  });
}

function placeEvent({ vault }: Context, { key, scene, district }: Accident, by: Letter): NewEvent {
  const { address, weather, weatherWord, occurredAt } = scene;
  const digest = vault.digest(key, JSON.stringify([address, weatherWord]));
  const data = { digest, weather: String(weather), occurredAt: occurredAt?.toISOString() ?? "" };
  return { type: "place-recorded", by, data: { ...data, ...(district !== null && { district }) } };
}

const isSame = (before: Scene, after: Scene): boolean =>
  before.address === after.address &&
  before.weather === after.weather &&
  before.weatherWord === after.weatherWord &&
  before.occurredAt?.getTime() === after.occurredAt?.getTime();
