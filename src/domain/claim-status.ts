import { CLAIM_PATH, type Claim, type ClaimStatus } from "./accident.ts";

const PATH: readonly ClaimStatus[] = CLAIM_PATH;

/** What may still follow where money has moved or the claim has ended; everywhere else the way forward and every exit is open. */
const ONLY_AFTER: Partial<Record<ClaimStatus, readonly ClaimStatus[]>> = {
  // several payments are usual: car, then towing
  paid: ["paid", "closed", "reopened"],
  closed: ["reopened"],
  rejected: ["closed", "reopened"],
  cancelled: ["closed", "reopened"],
};

export interface IncomingStatus {
  status: ClaimStatus;
  /** monotonic for each claim; null: the insurer numbers nothing, `occurredAt` decides */
  sequence: number | null;
  occurredAt: Date | null;
}

/** applied: the claim moves · stale: late, kept in the history, the claim stays · held: an impossible step, kept for a person, never dropped */
export type StatusVerdict = "applied" | "stale" | "held";

/** What a status from the insurer does to the claim. */
export function judgeStatus(
  claim: Pick<Claim, "status" | "statusAt" | "sequence">,
  incoming: IncomingStatus,
): StatusVerdict {
  const { status } = incoming;
  if (isLate(claim, incoming) || status === "submitted") return "stale";
  const allowed = ONLY_AFTER[claim.status];
  if (allowed?.includes(status)) return "applied";
  const [from, to] = [PATH.indexOf(claim.status), PATH.indexOf(status)];
  if (to >= 0 && to < from) return "stale";
  return allowed || status === "reopened" ? "held" : "applied";
}

/** By his own numbers, else by his own clock; before his first word there is nothing to be late to (and his numbers may begin at 0). */
function isLate(
  claim: Pick<Claim, "status" | "statusAt" | "sequence">,
  { sequence, occurredAt }: IncomingStatus,
): boolean {
  if (claim.status === "submitted") return false;
  if (sequence !== null) return sequence <= claim.sequence;
  return occurredAt !== null && occurredAt < claim.statusAt;
}
