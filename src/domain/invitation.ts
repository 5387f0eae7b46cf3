import type { Invitation } from "./accident.ts";

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
