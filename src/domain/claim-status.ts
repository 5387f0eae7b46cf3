import { CLAIM_PATH, type Claim, type ClaimStatus } from "./accident.ts";

const PATH: readonly ClaimStatus[] = CLAIM_PATH;

/**
 * Statuses that may follow after a payment or the end of a claim; everywhere else any forward step or exit is
 * allowed.
 */
const ONLY_AFTER: Partial<Record<ClaimStatus, readonly ClaimStatus[]>> = {
  // several payments are usual: car, then towing
  paid: ["paid", "closed", "reopened"],
  closed: ["reopened"],
  rejected: ["closed", "reopened"],
  cancelled: ["closed", "reopened"],
};

export interface IncomingStatus {
  status: ClaimStatus;
  /** increases for each claim; null: the insurer does not number, `occurredAt` decides */
  sequence: number | null;
  occurredAt: Date | null;
}

/**
 * Tolerance for an insurer's clock, and for its "today" being our tomorrow. A time beyond it would make all
 * later messages stale.
 */
const MOST_AHEAD_MS = 24 * 3600_000;

/** True for a message with a time in the future beyond that. */
export const isAhead = (occurredAt: Date | null, now: Date): boolean =>
  occurredAt !== null && occurredAt.getTime() - now.getTime() > MOST_AHEAD_MS;

/** True when only the order of arrival tells which of two messages is the later one. */
export function isOfSameTime(
  claim: Pick<Claim, "status" | "statusAt">,
  { sequence, occurredAt }: Pick<IncomingStatus, "sequence" | "occurredAt">,
): boolean {
  const comparable = claim.status !== "submitted" && sequence === null;
  return comparable && occurredAt?.getTime() === claim.statusAt.getTime();
}

/**
 * applied: the claim moves · stale: late, kept in the history, the claim stays · held: an impossible step,
 * kept for an operator
 */
export type StatusVerdict = "applied" | "stale" | "held";

/**
 * Judges a message by its digest: the verdict, and whether it repeats the last message of that verdict, so
 * that nothing is told or recorded. A claim that repeats its current status has not made an impossible step.
 */
export function judgeNews(
  claim: Pick<Claim, "status" | "statusAt" | "sequence" | "lastNews">,
  incoming: IncomingStatus,
  digest: string,
): { verdict: StatusVerdict; isRepeated: boolean } {
  const verdict = claim.lastNews?.applied === digest ? "applied" : judgeStatus(claim, incoming);
  return { verdict, isRepeated: claim.lastNews?.[verdict] === digest };
}

/** Judges a status from the insurer against the claim's current one. */
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

/**
 * Compares by the insurer's numbers, else by its clock; the first message is never late (numbers may begin at
 * 0).
 */
export function isLate(
  claim: Pick<Claim, "status" | "statusAt" | "sequence">,
  { sequence, occurredAt }: IncomingStatus,
): boolean {
  if (claim.status === "submitted") return false;
  if (sequence !== null) return sequence <= claim.sequence;
  return occurredAt !== null && occurredAt < claim.statusAt;
}
