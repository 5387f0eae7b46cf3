import type { Accident } from "./accident.ts";
import type { CameBy } from "./invitation.ts";
import { formatPlate } from "./plate.ts";

/** The part of a case that the holder of an invitation may see before joining. */
export interface InvitedView {
  accidentId: string;
  /** of the invitation */
  code: string;
  by: CameBy;
  openedAt: Date;
  /** as the first driver has said it; null: not yet */
  occurredAt: Date | null;
  address: string | null;
  /** the first driver's, masked: as given, else as their photograph surely shows it */
  plate: string | null;
  /** the photograph of both cars is there */
  hasScene: boolean;
}

/**
 * Returns the view, or null for a case without an invitation. Who typed digits sees neither place, plate nor
 * picture: the digits may have been guessed.
 */
export function invitedViewOf(accident: Accident, by: CameBy): InvitedView | null {
  const { id, invitation, scene, parties, openedAt } = accident;
  if (!invitation) return null;
  const { occurredAt, address } = scene;
  const seen = { accidentId: id, code: invitation.code, by, openedAt, occurredAt };
  if (by === "digits") return { ...seen, address: null, plate: null, hasScene: false };
  const plate = maskPlate(parties.A.details?.plate ?? photographedPlate(accident));
  const hasScene = sceneThumb(accident) !== null;
  return { ...seen, address, plate, hasScene };
}

/** Name of the small picture of both cars, in which no plate can be read; null while there is none. */
export function sceneThumb({ photos }: Accident): string | null {
  const scene = photos.find(({ slot, state }) => slot === "scene" && state === "stored");
  return scene?.state === "stored" ? scene.thumbSha256 : null;
}

function photographedPlate({ photos }: Accident): string | undefined {
  const photo = photos.find(({ slot, by, state }) => slot === "own-plate" && by === "A" && state === "stored");
  const best = photo?.state === "stored" ? photo.plates?.best : null;
  return best?.sure ? best.plate : undefined;
}

/** Masks a plate: recognisable beside the car, too little to look its owner up (沪A·1**45). */
export function maskPlate(plate: string | undefined): string | null {
  if (!plate) return null;
  const shown = formatPlate(plate);
  return `${shown.slice(0, -4)}**${shown.slice(-2)}`;
}
