import type { Accident } from "./accident.ts";
import { isDetermined, isWithPolice } from "./dispute.ts";
import { stepOf } from "./journey.ts";
import type { Catalogue } from "./liability.ts";

export type Status = "open" | "applied" | "ready-to-sign" | "half-signed" | "concluded" | "determined" | "ended";

/** Derived, stored beside the document for queries only. */
export function statusOf(accident: Accident, catalogue: Catalogue): Status {
  if (accident.ended) return "ended";
  if (accident.concludedAt) return "concluded";
  if (isDetermined(accident)) return "determined";
  if (isWithPolice(accident)) return "applied";
  if (accident.parties.A.signature || accident.parties.B?.signature) return "half-signed";
  return stepOf(accident, "A", catalogue) === "sign" && stepOf(accident, "B", catalogue) === "sign"
    ? "ready-to-sign"
    : "open";
}
