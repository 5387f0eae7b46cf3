import type { Context } from "../context.ts";
import type { Accident, Letter, Position } from "../domain/accident.ts";
import { requireParty } from "../domain/party.ts";
import { judgedByPlace } from "../domain/photo-findings.ts";

export interface TakePosition {
  accidentId: string;
  letter: Letter;
  position: Position;
  /** the accident, when the caller has just loaded it */
  loaded?: Accident;
}

/**
 * Records the place of the accident: the first position of either driver's phone, until the cars have moved.
 * Later ones change nothing.
 */
export function takePosition(ctx: Context, { accidentId, letter, position, loaded }: TakePosition): Promise<Accident> {
  return ctx.accidents.change(loaded ?? accidentId, (accident) => {
    requireParty(accident, letter);
    if (accident.scene.position || accident.movedAt) return null;
    const scene = { ...accident.scene, position };
    return {
      accident: { ...accident, scene, photos: judgedByPlace(accident.photos, scene) },
      events: [
        {
          type: "position-taken",
          by: letter,
          data: { digest: ctx.vault.digest(accident.key, JSON.stringify(position)) },
        },
      ],
    };
  });
}
