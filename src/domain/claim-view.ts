import type { Accident, Claim, Letter } from "./accident.ts";
import type { AgreementContent } from "./agreement.ts";
import { adviceFor, type ClaimAdvice } from "./claim-advice.ts";
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

/** Returns null before the agreement is concluded, and where today's rules do not cover it. */
export function viewedAdvice(
  accident: Accident,
  content: AgreementContent | null,
  letter: Letter,
): ViewedAdvice | null {
  if (!content || !accident.concludedAt) return null;
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
