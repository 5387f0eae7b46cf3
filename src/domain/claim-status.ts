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

/** An insurer's clock may be off, and its "today" may be our tomorrow; a time beyond that would make all later news late. */
const MOST_AHEAD_MS = 24 * 3600_000;

/** Whether a message claims to be of a time that has not come. */
export const isAhead = (occurredAt: Date | null, now: Date): boolean =>
  occurredAt !== null && occurredAt.getTime() - now.getTime() > MOST_AHEAD_MS;

/** Whether only the order of arrival tells which of two messages is the later one. */
export function isOfSameTime(
  claim: Pick<Claim, "status" | "statusAt">,
  { sequence, occurredAt }: Pick<IncomingStatus, "sequence" | "occurredAt">,
): boolean {
  const comparable = claim.status !== "submitted" && sequence === null;
  return comparable && occurredAt?.getTime() === claim.statusAt.getTime();
}

/** applied: the claim moves · stale: late, kept in the history, the claim stays · held: an impossible step, kept for a person, never dropped */
export type StatusVerdict = "applied" | "stale" | "held";

/**
 * What a message does that says `digest`: the verdict, and whether it repeats the last news of that verdict, so that there is nothing to tell
 * and nothing to record. A claim that says once more where it stands has not made an impossible step.
 */
export function judgeNews(
  claim: Pick<Claim, "status" | "statusAt" | "sequence" | "lastNews">,
  incoming: IncomingStatus,
  digest: string,
): { verdict: StatusVerdict; isRepeated: boolean } {
  const verdict = claim.lastNews?.applied === digest ? "applied" : judgeStatus(claim, incoming);
  return { verdict, isRepeated: claim.lastNews?.[verdict] === digest };
}

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

/** By the insurer's own numbers, else by its own clock; before its first word there is nothing to be late to (and its numbers may begin at 0). */
export function isLate(
  claim: Pick<Claim, "status" | "statusAt" | "sequence">,
  { sequence, occurredAt }: IncomingStatus,
): boolean {
  if (claim.status === "submitted") return false;
  if (sequence !== null) return sequence <= claim.sequence;
  return occurredAt !== null && occurredAt < claim.statusAt;
}
