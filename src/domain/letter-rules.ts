import type { Accident } from "./accident.ts";
import { disputeRules } from "./dispute-rules.ts";
import type { LetterRules } from "./letter-acts.ts";
import { endOfWorkingDay } from "./statutory-days.ts";

/** Working days within which a letter has to be served (Order 146 art. 65). */
export const SERVICE_DAYS = 3;

/** What the rules of a letter need of a running process. */
export function letterRules(ctx: Parameters<typeof disputeRules>[0], accident: Accident): LetterRules {
  const { at, limits, digest } = disputeRules(ctx, accident);
  return { at, limits, digest, serviceDue: (issuedAt) => endOfWorkingDay(issuedAt, SERVICE_DAYS) };
}
