import type { Accident } from "./accident.ts";
import { photosAreSafe } from "./journey.ts";

/** The other driver may be invited, and no code is there that is still good. */
export function needsInvitation(accident: Accident, now: Date): boolean {
  const { parties, invitation, ended, concludedAt } = accident;
  if (ended || concludedAt || parties.B || !photosAreSafe(accident)) return false;
  return invitation === null || invitation.expiresAt <= now;
}
