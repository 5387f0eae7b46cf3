/** Who needs a case to be kept beyond its time: a legal hold. */
export const HOLD_REASONS = ["court", "prosecutor", "police", "supervision", "insurer", "complaint"] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

/** While it stands the case neither ends by itself nor is erased, and none of its files is deleted. */
export interface Hold {
  reason: HoldReason;
  at: Date;
}

export const isHoldReason = (text: string): text is HoldReason => HOLD_REASONS.some((one) => one === text);
