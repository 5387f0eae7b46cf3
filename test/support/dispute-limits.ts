import type { DisputeLimits } from "../../src/domain/dispute-limits.ts";

/** The defaults of `police.limits`. */
export const LIMITS: DisputeLimits = {
  guidanceLateMin: 10,
  proposalMin: 30,
  applicationLateMin: 30,
  untakenHours: 24,
  letterReminderHours: 24,
};
