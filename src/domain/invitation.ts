import type { Accident, Invitation } from "./accident.ts";
import { photosAreSafe } from "./journey.ts";

/** How long the code of the QR and the six digits live. */
export const INVITATION_MINUTES = 30;
export const DIGITS_MINUTES = 15;

/** Whether both the QR and the digits are still good. */
export const isWhole = (invitation: Invitation | null, at: Date): boolean =>
  invitation !== null && invitation.expiresAt > at && invitation.digitsExpireAt > at;

const SCENE_PREFIX = "join_";

/** The scene under which the platform reports that the QR of an invitation was scanned. */
export const sceneOf = (code: string): string => `${SCENE_PREFIX}${code}`;

/** The invitation code in a scanned scene, or null: the scene is not an invitation. */
export const codeOfScene = (scene: string): string | null =>
  scene.startsWith(SCENE_PREFIX) ? scene.slice(SCENE_PREFIX.length) : null;

/** The other driver may be invited, and no code is there that is still good. */
export function needsInvitation(accident: Accident, now: Date): boolean {
  const { parties, invitation, ended, concludedAt } = accident;
  if (ended || concludedAt || parties.B || !photosAreSafe(accident)) return false;
  return invitation === null || invitation.expiresAt <= now;
}
