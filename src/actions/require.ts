import type { Accident, Letter, Party } from "../domain/accident.ts";
import { mayGive, type Step } from "../domain/journey.ts";
import type { Catalogue } from "../domain/liability.ts";
import { Conflict } from "../errors.ts";

/** The case is neither concluded nor ended; else Conflict. */
export function requireRunning(accident: Accident): Accident {
  if (accident.ended || accident.concludedAt) throw new Conflict("wrong-step");
  return accident;
}

/** The party under this letter, who has given his consent and declared "none of these"; else Conflict. */
export function requireParty(accident: Accident, letter: Letter): Party {
  const party = requireRunning(accident).parties[letter];
  if (!party?.consent || !party.clearedAt) throw new Conflict("wrong-step");
  return party;
}

/** Conflict where what is given at this step is not this driver's to give, or can no longer be changed. */
export function requireGivable(step: Step, accident: Accident, letter: Letter, catalogue: Catalogue): void {
  if (!mayGive(step, accident, letter, catalogue)) throw new Conflict("wrong-step");
}

/** The accident with one party changed. */
export function withParty(accident: Accident, letter: Letter, changes: Partial<Party>): Accident {
  const party = accident.parties[letter];
  if (!party) throw new Conflict("wrong-step");
  return { ...accident, parties: { ...accident.parties, [letter]: { ...party, ...changes } } };
}

/** What was signed is no longer what stands there: both sign anew. */
export function withoutSignatures(accident: Accident): Accident {
  const { A, B } = accident.parties;
  if (!A.signature && !B?.signature) return accident;
  return { ...accident, parties: { A: { ...A, signature: null }, B: B && { ...B, signature: null } } };
}
