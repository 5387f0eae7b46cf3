import { Conflict } from "../errors.ts";
import {
  type Accident,
  isRunning,
  LETTERS,
  type Letter,
  type Party,
  type Person,
  type VoidSignature,
} from "./accident.ts";
import { forwards } from "./forwarding.ts";
import { mayGive, type Step } from "./journey.ts";
import type { Catalogue } from "./liability.ts";

/** True when the drivers have nothing left to do; what arrives later is kept with the case. */
export const isOver = (accident: Pick<Accident, "ended" | "concludedAt" | "dispute">): boolean => !isRunning(accident);

/** Throws Conflict "wrong-step" when the case is concluded or ended. */
export function requireRunning(accident: Accident): Accident {
  if (isOver(accident)) throw new Conflict("wrong-step");
  return accident;
}

/**
 * Returns the party of this letter; throws Conflict "wrong-step" unless the driver has consented and declared
 * "none of these", and driver A has said yes to one who joined by digits.
 */
export function requireParty(accident: Accident, letter: Letter): Party {
  const party = requireRunning(accident).parties[letter];
  if (!party?.consent || !party.clearedAt || party.newcomer) throw new Conflict("wrong-step");
  return party;
}

/**
 * Throws Conflict "wrong-step" where what is given at this step is not this driver's to give, or can no
 * longer be changed.
 */
export function requireGivable(step: Step, accident: Accident, letter: Letter, catalogue: Catalogue): void {
  if (!mayGive(step, accident, letter, catalogue)) throw new Conflict("wrong-step");
}

/** Makes the party of a driver who opens or joins a case. */
export const newParty = (person: Person, textVersion: string, at: Date): Party => ({
  identity: { kind: "wechat", personId: person.id },
  language: person.language,
  joinedAt: at,
  consent: { textVersion, givenAt: at },
  clearedAt: at,
  details: null,
  statement: null,
  signature: null,
});

/** Returns the accident with one party changed. */
export function withParty(accident: Accident, letter: Letter, changes: Partial<Party>): Accident {
  const party = accident.parties[letter];
  if (!party) throw new Conflict("wrong-step");
  return { ...accident, parties: { ...accident.parties, [letter]: { ...party, ...changes } } };
}

/** Removes both signatures after a correction, because the signed text has changed. */
export function withoutSignatures(accident: Accident): Accident {
  const { A, B } = accident.parties;
  if (!A.signature && !B?.signature) return accident;
  return { ...accident, parties: { A: { ...A, signature: null }, B: B && { ...B, signature: null } } };
}

/**
 * Makes both signatures void because `by` has changed what was signed: `after` is the case with the
 * correction. Each driver who had signed, or has not signed again since, keeps what they signed, to compare.
 */
export function corrected(before: Accident, after: Accident, { by, at }: { by: Letter; at: Date }): Accident {
  return LETTERS.reduce((accident, letter) => {
    const party = accident.parties[letter];
    if (party?.signature) return withParty(accident, letter, voided(before, letter, { by, at }));
    return party?.voided ? withParty(accident, letter, { voided: { ...party.voided, by, at } }) : accident;
  }, after);
}

/** Makes a driver's signature void; `accident`: the case as it was signed. */
export function voided(
  accident: Accident,
  letter: Letter,
  { by, at }: Pick<VoidSignature, "by" | "at">,
): Pick<Party, "signature" | "voided"> {
  const { scene, parties } = accident;
  const of = (party: Party | null) => ({ details: party?.details ?? null, statement: party?.statement ?? null });
  const signed = { scene, parties: { A: of(parties.A), B: of(parties.B) } };
  return { signature: null, voided: { forwarding: forwards(parties[letter]?.signature), by, at, signed } };
}
