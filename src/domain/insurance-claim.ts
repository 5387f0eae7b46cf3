import type { Letter } from "./letter.ts";

/** Statuses of a claim at the insurer, in order: 报案 立案 查勘 定损 核赔 支付 结案. */
export const CLAIM_PATH = [
  "submitted",
  "received",
  "accepted",
  "survey_scheduled",
  "surveyed",
  "assessed",
  "repair_agreed",
  "approved",
  "paid",
  "closed",
] as const;
/** The last four leave the path or return to it. */
export const CLAIM_STATUSES = [...CLAIM_PATH, "need_more", "rejected", "cancelled", "reopened"] as const;
export type ClaimStatus = (typeof CLAIM_STATUSES)[number];

/** One claim for one party at that party's insurer; two claims even when both have the same insurer. */
export interface Claim {
  ref: string;
  party: Letter;
  insurerCode: string;
  status: ClaimStatus;
  statusAt: Date;
  /** of the message that went last, from 1; absent: 1 */
  revision?: number;
  /** when that message went; absent: nothing took the first one's place */
  revisedAt?: Date;
  /** when the message went whose place it took */
  replacedAt?: Date;
  /** when the first message was made */
  submittedAt?: Date;
  /** 报案号 / 立案号 at the insurer */
  insurerClaimNo: string | null;
  /** integer fen */
  assessedFen: number | null;
  paidFen: number | null;
  reason: string | null;
  /** its driver withdrew the consent to forward before the insurer had it: it is not sent */
  stoppedAt?: Date | null;
  /** highest sequence number applied */
  sequence: number;
  /** webhook ids already answered, for idempotency */
  seenIds: string[];
  /** by verdict, the keyed digest of the insurer's last message: a repetition changes nothing */
  lastNews?: Partial<Record<"applied" | "stale" | "held", string>>;
}
