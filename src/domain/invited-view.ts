import type { Accident } from "./accident.ts";
import type { CameBy } from "./invitation.ts";
import { formatPlate } from "./plate.ts";

/** The part of a case that the holder of an invitation may see before joining. */
export interface InvitedView {
  accidentId: string;
  /** of the invitation */
  code: string;
  by: CameBy;
  occurredAt: Date;
  address: string | null;
  /** the first driver's, masked */
  plate: string | null;
}

/**
 * Returns the view, or null for a case without an invitation. Who typed digits sees neither place nor plate:
 * the digits may have been guessed.
 */
export function invitedViewOf({ id, invitation, scene, parties }: Accident, by: CameBy): InvitedView | null {
  if (!invitation) return null;
  const { occurredAt, address } = scene;
  const seen = { accidentId: id, code: invitation.code, by, occurredAt };
  if (by === "digits") return { ...seen, address: null, plate: null };
  return { ...seen, address, plate: maskPlate(parties.A.details?.plate) };
}

/** Masks a plate: recognisable beside the car, too little to look its owner up (沪A·1**45). */
export function maskPlate(plate: string | undefined): string | null {
  if (!plate) return null;
  const shown = formatPlate(plate);
  return `${shown.slice(0, -4)}**${shown.slice(-2)}`;
}
