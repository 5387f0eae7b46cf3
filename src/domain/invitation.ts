import type { Accident, Invitation, Letter } from "./accident.ts";
import { isRunning } from "./accident.ts";
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

/**
 * True while this driver may invite: the step is on their way, the case runs and nobody has joined for good.
 */
export function mayInvite(accident: Accident, letter: Letter): boolean {
  return isOf("invite", letter) && isRunning(accident) && isFree(accident);
}

/** True while nobody is driver B, or somebody who still waits for A's yes: a scan of the QR goes before. */
export const isFree = ({ parties: { B } }: Pick<Accident, "parties">): boolean => !B || B.newcomer !== undefined;

/** How somebody came to a case: by the QR code, or by six digits, which can be guessed. */
export type CameBy = "scan" | "digits";

/**
 * Makes the code under which somebody who typed the digits goes on: it is good for that person alone and not
 * for a scan's rights. `vault` makes the keyed digest.
 */
export function ticketOf(
  vault: { digest(key: Uint8Array, text: string): string },
  { id, key, invitation }: Pick<Accident, "id" | "key" | "invitation">,
  personId: string,
): string {
  return `${id}.${vault.digest(key, `join by digits/${personId}/${invitation?.code}`)}`;
}

/** Returns the accident's id in a ticket; null for a code of another kind. */
export const accidentOfTicket = (code: string): string | null =>
  /^([\w-]{1,64})\.[\w-]{16,128}$/.exec(code)?.[1] ?? null;

/** True when the evidence is stored, the other driver may be invited and no valid code exists. */
export function needsInvitation(accident: Accident, now: Date): boolean {
  const { invitation } = accident;
  if (!mayInvite(accident, "A") || !photosAreSafe(accident)) return false;
  return invitation === null || invitation.expiresAt <= now;
}
