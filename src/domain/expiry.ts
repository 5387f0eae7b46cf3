import { type Accident, LETTERS } from "./accident.ts";
import { guidanceHandler, isWithPolice } from "./dispute.ts";
import { isOver } from "./party.ts";

/**
 * Hours that a half-signed agreement lives after its first signature, any other case after its last event.
 */
export const LIFETIME_HOURS = 24;

/** True when a running case was last worked on, or first signed, at or before `before`. */
export function hasExpired(accident: Accident, before: Date): boolean {
  // what an officer decides, or gives guidance in, has limits of its own
  if (isOver(accident) || isWithPolice(accident) || guidanceHandler(accident)) return false;
  // a legal hold keeps it as it is
  if (accident.hold) return false;
  const signedAt = LETTERS.map((letter) => accident.parties[letter]?.signature?.signedAt).find(
    (date) => date !== undefined,
  );
  const from = signedAt ?? accident.events.at(-1)?.at ?? accident.openedAt;
  return from <= before;
}
