import type { Accident, Invitation, Letter } from "./accident.ts";
import { isOf, photosAreSafe } from "./journey.ts";

/** Lifetimes of the QR's code and of the six digits; how often digits may be tried: brakes.ts. */
export const INVITATION_MINUTES = 30;
export const DIGITS_MINUTES = 15;

/** True while both the QR and the digits are valid. */
export const isWhole = (invitation: Invitation | null, at: Date): boolean =>
  invitation !== null && invitation.expiresAt > at && invitation.digitsExpireAt > at;

const SCENE_PREFIX = "join_";

/** Returns the scene under which the platform reports a scan of an invitation's QR. */
export const sceneOf = (code: string): string => `${SCENE_PREFIX}${code}`;

/** Returns the invitation code in a scanned scene, or null for another scene. */
export const codeOfScene = (scene: string): string | null =>
  scene.startsWith(SCENE_PREFIX) ? scene.slice(SCENE_PREFIX.length) : null;

/** True while this driver may invite: the step is on their way, the case runs and nobody has joined. */
export function mayInvite({ parties, ended, concludedAt }: Accident, letter: Letter): boolean {
  return isOf("invite", letter) && !ended && !concludedAt && !parties.B;
}

/** True when the evidence is stored, the other driver may be invited and no valid code exists. */
export function needsInvitation(accident: Accident, now: Date): boolean {
  const { invitation } = accident;
  if (!mayInvite(accident, "A") || !photosAreSafe(accident)) return false;
  return invitation === null || invitation.expiresAt <= now;
}
