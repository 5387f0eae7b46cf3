import { type Accident, type Letter, otherOf } from "./accident.ts";
import { type Catalogue, findAct } from "./liability.ts";
import { EXTRA_SLOTS, type ExtraSlot, isSent } from "./photo.ts";

/**
 * Lists further photographs that help to judge these acts: lights, lane lines, signs (the `photos` of the
 * catalogue's acts).
 */
export function extrasFor(acts: readonly string[], catalogue: Catalogue): ExtraSlot[] {
  const wanted = new Set(acts.flatMap((act) => findAct(catalogue, act)?.photos ?? []));
  return EXTRA_SLOTS.filter((slot) => wanted.has(slot));
}

/**
 * Returns the extras asked of this driver that are still missing. They follow from the driver's own
 * statement: the other's is unknown to them until both have stated.
 */
export function wantedExtras(accident: Accident, letter: Letter, catalogue: Catalogue): ExtraSlot[] {
  const mine = accident.parties[letter]?.statement;
  if (!mine) return [];
  const others = accident.parties[otherOf(letter)]?.statement;
  const acts = [mine, ...(others ? [others] : [])].flatMap(({ ownAct, otherAct }) => [ownAct, otherAct]);
  return extrasFor(acts, catalogue).filter(
    (slot) => !accident.photos.some((photo) => photo.slot === slot && isSent(photo)),
  );
}
