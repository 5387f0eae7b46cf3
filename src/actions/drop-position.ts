import type { Context } from "../context.ts";
import type { Accident, Letter } from "../domain/accident.ts";
import { requireCalm } from "../domain/brakes.ts";
import { keptDistrict } from "../domain/dispute.ts";
import { districtAfter } from "../domain/district.ts";
import { correctionNotice } from "../domain/notice.ts";
import { corrected, requireGivable, requireParty } from "../domain/party.ts";
import { judgedAgain } from "../domain/photo-findings.ts";

/**
 * Takes a driver's own position out of what is signed, where it is wrong and the cars have moved; the record
 * keeps that it was there.
 */
export function dropPosition(
  ctx: Context,
  { accidentId, letter }: { accidentId: string; letter: Letter },
): Promise<Accident> {
  return ctx.accidents.change(accidentId, (accident) => {
    requireParty(accident, letter);
    if (!accident.scene.positions[letter]) return null;
    requireGivable("place", accident, letter, ctx.config.rules.catalogue);
    const at = ctx.clock.now();
    requireCalm(accident, letter, at);
    const scene = { ...accident.scene, positions: { ...accident.scene.positions, [letter]: null } };
    const district = keptDistrict(accident) ?? districtAfter(accident, scene.positions, ctx.config.rules.districts);
    const without = { ...accident, scene, district };
    return {
      accident: corrected(accident, { ...without, photos: judgedAgain(without) }, { by: letter, at }),
      events: [{ type: "position-dropped", by: letter, data: { ...(district !== null && { district }) } }],
      outbox: correctionNotice(accident, letter),
    };
  });
}
