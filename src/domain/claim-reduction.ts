import type { Accident, Letter } from "./accident.ts";
import { LETTERS } from "./accident.ts";
import { placeOf } from "./claim.ts";
import type { ClaimEvidence, ClaimMessage, ClaimParty } from "./claim-message.ts";
import { consentToForward } from "./forwarding.ts";

/**
 * Returns a claim's body as it goes out now: without the data of a driver who withdrew the consent to forward
 * after it was written. Everything else stays, as an insurer may compare it with an earlier attempt.
 */
export function bodyToSend(accident: Accident, body: string): string {
  const withdrawn = LETTERS.filter((letter) => consentToForward(accident, letter)?.forwardingWithdrawnAt);
  if (withdrawn.length === 0) return body;
  const { data, ...head } = JSON.parse(body) as ClaimMessage;
  const { address } = data.accident.location;
  const { letter } = data.liability;
  const reduced = {
    ...data,
    accident: { ...data.accident, location: { address, ...placeOf(accident, accident.scene.positions) } },
    parties: data.parties.map((party) => (withdrawn.includes(party.label) ? withheld(party) : party)),
    // the letter, too, names both drivers
    liability: { ...data.liability, ...(letter && { letter: { ...letter, pdfUrl: null } }) },
    evidence: withoutThose(data.evidence, withdrawn),
    consent: data.consent.filter(({ party }) => !withdrawn.includes(party)),
  };
  return JSON.stringify({ ...head, data: reduced });
}

/** The car and its part in the accident are the accident's, not the driver's. */
const withheld = ({ vehicle, ...party }: ClaimParty): ClaimParty => ({
  ...party,
  driver: { withheld: true },
  vehicle: { ...vehicle, owner: "unknown", use: "unknown" },
  statement: "",
});

function withoutThose({ photos, agreement, ...evidence }: ClaimEvidence, letters: readonly Letter[]): ClaimEvidence {
  const gone = photos.filter(({ party }) => letters.includes(party)).map(({ id }) => id);
  const kept = photos.filter(({ id }) => !gone.includes(id));
  return {
    photos: kept.map(({ dupOf, ...photo }) => (dupOf && !gone.includes(dupOf) ? { ...photo, dupOf } : photo)),
    // it names both drivers
    agreement: agreement && {
      ...agreement,
      pdfUrl: null,
      signatures: agreement.signatures.filter(({ party }) => !letters.includes(party)),
    },
    ...evidence,
  };
}
