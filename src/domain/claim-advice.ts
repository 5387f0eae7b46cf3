import { type Accident, type Degree, type Letter, otherOf } from "./accident.ts";
import type { AgreementContent } from "./agreement.ts";

/** What comes next for one driver of a concluded agreement. */
export interface ClaimAdvice {
  degree: Degree;
  /**
   * whose insurer pays for this driver's car, or deals with it first: the other's where this driver bears
   * nothing
   */
  payer: Letter;
  /** whether that insurer gets the claim from us */
  isReported: boolean;
}

/**
 * Says by liability, and by what the drivers allowed, whom this driver turns to (Civil Code art. 1213,
 * Insurance Law art. 65).
 */
export function adviceFor(
  { claims }: Pick<Accident, "claims">,
  content: AgreementContent,
  letter: Letter,
): ClaimAdvice {
  const { degree } = content.parties[letter];
  const payer = degree === "none" ? otherOf(letter) : letter;
  return { degree, payer, isReported: claims.some(({ party, stoppedAt }) => party === payer && !stoppedAt) };
}
