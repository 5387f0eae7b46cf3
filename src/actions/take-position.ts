import type { Context } from "../context.ts";
import type { Accident, Letter, Position } from "../domain/accident.ts";
import { requireParty } from "../domain/party.ts";
import { judgedByPlace } from "../domain/photo-findings.ts";

export interface TakePosition {
  accidentId: string;
  letter: Letter;
  position: Position;
  /** who has just read the accident saves a second reading */
  loaded?: Accident;
}

/** Keeps where the accident happened: the first fix of either driver's phone; only while the cars have not moved. Later fixes change nothing. */
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
