import type { Accident } from "./accident.ts";
import { applicationHandler, guidanceHandler } from "./dispute.ts";

/** Why a supervisor recuses an officer: a party asked for it, or the authority decided so by itself. */
export const RECUSAL_REASONS = ["asked-by-party", "ordered"] as const;
export type RecusalReason = (typeof RECUSAL_REASONS)[number];

type Disputed = Pick<Accident, "dispute">;

/** What this officer has in hand of a case. */
export function inHandsOf(accident: Disputed, officerId: string): Record<"guidance" | "application", boolean> {
  return {
    guidance: guidanceHandler(accident)?.officerId === officerId,
    application: applicationHandler(accident)?.officerId === officerId,
  };
}

export function holds(accident: Disputed, officerId: string): boolean {
  const { guidance, application } = inHandsOf(accident, officerId);
  return guidance || application;
}
