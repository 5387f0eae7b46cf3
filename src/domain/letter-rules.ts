import type { Accident } from "./accident.ts";
import { type Wiring as ClaimWiring, claimsAfterLetter } from "./claim-submission.ts";
import { disputeRules, type Wiring } from "./dispute-rules.ts";
import { lawfulTimes } from "./lawful-times.ts";
import type { LetterRules } from "./letter-acts.ts";

export function letterRules(ctx: Wiring & ClaimWiring, accident: Accident): LetterRules {
  const { at, limits, digest } = disputeRules(ctx, accident);
  return {
    ...{ at, limits, digest },
    serviceDue: lawfulTimes(ctx.config.rules).serviceDue,
    claims: (before, after) => claimsAfterLetter(ctx, before, after),
  };
}
