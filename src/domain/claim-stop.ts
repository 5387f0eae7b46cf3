import type { Accident, Claim, Letter, NewEvent } from "./accident.ts";
import { hasClaimEvent } from "./claim-events.ts";
import { NOTICE_VERSION, withdrawalEvents } from "./consent.ts";

/**
 * What follows for the claims where a driver takes back the consent to forward (PIPL art. 15): the own claim
 * is not sent any more unless its insurer has it.
 */
export function stopClaims(accident: Accident, letter: Letter, at: Date): { claims: Claim[]; events: NewEvent[] } {
  const stops = (claim: Claim) =>
    claim.party === letter &&
    claim.status === "submitted" &&
    !claim.stoppedAt &&
    !hasClaimEvent(accident, claim.ref, "claim-delivered");
  const stopped = accident.claims.filter(stops);
  return {
    claims: accident.claims.map((claim) => (stopped.includes(claim) ? { ...claim, stoppedAt: at } : claim)),
    events: [
      ...withdrawalEvents(letter, ["forwarding"], NOTICE_VERSION),
      ...stopped.map(({ ref, insurerCode }): NewEvent => {
        return { type: "claim-stopped", by: letter, data: { ref, insurer: insurerCode } };
      }),
    ],
  };
}
