import { type Accident, LETTERS, type Letter } from "./accident.ts";
import { beijingTime, type ClaimData, type ClaimDegree } from "./claim-message.ts";
import type { Determination } from "./determination.ts";
import { allowsForwarding } from "./forwarding.ts";
import type { Catalogue } from "./liability.ts";

/** By the law alone; primary and secondary are percentages of the city's. */
const PERCENT = { full: 100, equal: 50, none: 0 };
const USUAL = { primary: 70, secondary: 30 };

export function shareOf(
  party: Letter,
  degree: ClaimDegree,
  { shares = USUAL }: Pick<Catalogue, "shares">,
): ClaimData["liability"]["shares"][number] {
  const custom = degree === "primary" || degree === "secondary";
  return { party, degree, percent: custom ? shares[degree] : PERCENT[degree], custom };
}

/** What the letter says, and where it can be read: only where both whom it names allow that. */
export function liabilityOfLetter(
  accident: Accident,
  { content, pdfSha256, reviews }: Determination,
  { catalogue, linkOf }: { catalogue: Catalogue; linkOf(sha256: string): string },
): ClaimData["liability"] {
  const { authority, letterNumber, issuedAt, articles, parties } = content;
  const everybodyAgreed = LETTERS.every((letter) => allowsForwarding(accident, letter));
  return {
    basis: "police_determined",
    determinedAt: beijingTime(issuedAt),
    lawRefs: articles,
    shares: LETTERS.map((party) => shareOf(party, parties[party].degree, catalogue)),
    letter: {
      number: letterNumber,
      authority: authority.name,
      authorityCode: authority.code,
      issuedAt: beijingTime(issuedAt),
      pdfUrl: everybodyAgreed ? linkOf(pdfSha256) : null,
      sha256: pdfSha256,
      reviews: reviews.map(({ by, at }) => ({ party: by, at: beijingTime(at) })),
    },
  };
}
