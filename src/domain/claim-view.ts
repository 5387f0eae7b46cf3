import type { Accident, Claim, Letter } from "./accident.ts";
import { adviceFor, type ClaimAdvice } from "./claim-advice.ts";
import type { ClaimContent } from "./claim-content.ts";
import { isDetermined } from "./dispute.ts";
import { allowsForwarding } from "./forwarding.ts";

/** Whether the insurer's system has the claim; from its first answer on, the status says more. */
export type ClaimDelivery = "pending" | "delivered" | "undeliverable";
export type ViewedClaim = Claim & { delivery: ClaimDelivery };

/** Whom a driver turns to, and how the claim stands there. */
export interface ViewedAdvice extends ClaimAdvice {
  /** under which the insurer has the claim, once it has said so */
  reportNo: string | null;
  /** the claim could not be delivered so far */
  isStuck: boolean;
  /** the driver whose insurer it is has allowed the claim to be forwarded */
  isAllowed: boolean;
}

/** Returns the claims at this driver's own insurer. */
export const viewedClaims = (accident: Accident, letter: Letter): ViewedClaim[] =>
  accident.claims
    .filter(({ party, stoppedAt }) => party === letter && !stoppedAt)
    .map((claim) => ({ ...claim, delivery: deliveryOf(accident, claim) }));

/** Null before an agreement is concluded or a letter issued, and where no rule covers the agreement. */
export function viewedAdvice(accident: Accident, content: ClaimContent | null, letter: Letter): ViewedAdvice | null {
  if (!content || !(accident.concludedAt || isDetermined(accident))) return null;
  const advice = adviceFor(accident, content, letter);
  const claim = accident.claims.find(({ party }) => party === advice.payer);
  return {
    ...advice,
    reportNo: claim?.insurerClaimNo ?? null,
    isStuck: claim?.status === "submitted" && deliveryOf(accident, claim) === "undeliverable",
    isAllowed: allowsForwarding(accident, advice.payer),
  };
}

function deliveryOf({ events }: Accident, { ref }: Claim): ClaimDelivery {
  const has = (type: string) => events.some((event) => event.type === type && event.data.ref === ref);
  if (has("claim-delivered")) return "delivered";
  return has("claim-undeliverable") || has("claim-delayed") ? "undeliverable" : "pending";
}
