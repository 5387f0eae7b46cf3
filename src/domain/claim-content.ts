import { type Accident, LETTERS, type Letter } from "./accident.ts";
import { type AgreementContent, type AgreementParty, agreementOf } from "./agreement.ts";
import type { ClaimDegree } from "./claim-message.ts";
import type { Determination } from "./determination.ts";
import { letterOf } from "./dispute.ts";
import { type Catalogue, findAct } from "./liability.ts";

/** What claims and the advice to the drivers rest on: the signed agreement, or the letter that stands. */
export type ClaimContent = Omit<AgreementContent, "parties"> & {
  parties: Record<Letter, Omit<AgreementParty, "degree"> & { degree: ClaimDegree }>;
};

/** Null while the drivers have not agreed and no letter was issued. */
export function claimContentOf(accident: Accident, catalogue: Catalogue): ClaimContent | null {
  const letter = letterOf(accident);
  return letter ? contentOfLetter(accident, letter, catalogue) : agreementOf(accident, catalogue);
}

/** The facts are the letter's; act and words of a party are what that driver stated. */
function contentOfLetter(accident: Accident, { content }: Determination, catalogue: Catalogue): ClaimContent {
  const { positions } = accident.scene;
  const { occurredAt, address, weather, weatherWord } = content;
  const stated = (letter: Letter) => accident.parties[letter]?.statement;
  const partyOf = (letter: Letter) => ({
    ...content.parties[letter],
    act: stated(letter)?.ownAct ?? "none",
    note: stated(letter)?.note ?? "",
  });
  const categories = LETTERS.map((letter) => findAct(catalogue, stated(letter)?.ownAct ?? "")?.category);
  return {
    number: content.caseNumber,
    ...{ occurredAt, address, weather, position: positions.A },
    ...(positions.B && { positionOfB: positions.B }),
    ...(weatherWord !== undefined && { weatherWord }),
    forms: [...new Set(categories.flatMap((one) => (one && one !== "none" ? [one] : [])))],
    parties: { A: partyOf("A"), B: partyOf("B") },
  };
}
