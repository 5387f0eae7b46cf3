import { type Accident, type Letter, otherOf } from "./accident.ts";
import type { ClaimContent } from "./claim-content.ts";
import type { ClaimDegree } from "./claim-message.ts";

/** What comes next for one driver of a case that is agreed or determined. */
export interface ClaimAdvice {
  degree: ClaimDegree;
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
export function adviceFor({ claims }: Pick<Accident, "claims">, content: ClaimContent, letter: Letter): ClaimAdvice {
  const { degree } = content.parties[letter];
  const payer = degree === "none" ? otherOf(letter) : letter;
  return { degree, payer, isReported: claims.some(({ party, stoppedAt }) => party === payer && !stoppedAt) };
}
