import type { Context } from "../context.ts";
import type { Accident, Letter, NewEvent, Position } from "../domain/accident.ts";
import { requireCalm } from "../domain/brakes.ts";
import { keptDistrict } from "../domain/dispute.ts";
import { districtAfter } from "../domain/district.ts";
import { correctionNotice } from "../domain/notice.ts";
import { corrected, requireParty } from "../domain/party.ts";
import { judgedAgain } from "../domain/photo-findings.ts";
import { areApart, metresApart } from "../domain/positions.ts";
import { isInside } from "../domain/service-area.ts";
import { Invalid } from "../errors.ts";

export interface TakePosition {
  accidentId: string;
  letter: Letter;
  position: Position;
  /** the accident, when the caller has just loaded it */
  loaded?: Accident;
}

/**
 * Records where this driver's phone is, and anew when it is sent again, until the cars have moved; later ones
 * change nothing, and neither driver's ever changes the other's. Throws Invalid "position-outside" for one in
 * the sea or outside the city.
 */
export async function takePosition(ctx: Context, input: TakePosition): Promise<Accident> {
  const { accidentId, letter, position, loaded } = input;
  const { areas, adcode } = ctx.config.city;
  if (!isInside(position, areas[adcode])) throw new Invalid("position-outside", { field: "position" });
  return ctx.accidents.change(loaded ?? accidentId, (accident) => {
    requireParty(accident, letter);
    const before = accident.scene.positions[letter];
    if (accident.movedAt || isSame(before, position)) return null;
    const at = ctx.clock.now();
    requireCalm(accident, letter, at);
    const scene = { ...accident.scene, positions: { ...accident.scene.positions, [letter]: position } };
    const district = keptDistrict(accident) ?? districtAfter(accident, scene.positions, ctx.config.rules.districts);
    const placed = { ...accident, scene, district };
    const digest = ctx.vault.digest(accident.key, JSON.stringify(position));
    return {
      accident: corrected(accident, { ...placed, photos: judgedAgain(placed) }, { by: letter, at }),
      events: [
        { type: "position-taken", by: letter, data: { digest, ...(district !== null && { district }) } },
        ...apartEvents(placed),
      ],
      outbox: correctionNotice(accident, letter),
    };
  });
}

const isSame = (before: Position | null, after: Position): boolean =>
  before !== null &&
  before.lat === after.lat &&
  before.lng === after.lng &&
  before.crs === after.crs &&
  before.accuracyM === after.accuracyM &&
  before.label === after.label;

/** Two phones that cannot have been at one accident stay on record, whatever is taken afterwards. */
const apartEvents = ({ scene: { positions } }: Accident): NewEvent[] =>
  areApart(positions) ? [{ type: "positions-apart", by: "system", data: { metres: metresApart(positions) ?? 0 } }] : [];
