import type { Context } from "../context.ts";
import type { Accident, Letter, Person } from "../domain/accident.ts";
import { absenceOf } from "./absence.ts";

/** A driver of a case. */
export interface Acting {
  accidentId: string;
  letter: Letter;
  person: Person;
}

/**
 * Returns a context in which a driver acts: this case is changed only while the driver is still that party
 * (else NotFound). While a form is on its way driver A may remove them and somebody else may join under the
 * same letter.
 */
export function asParty(ctx: Context, { accidentId, letter, person }: Acting): Context {
  const requireSame = (accident: Accident): Accident => {
    if (accident.id !== accidentId) return accident;
    if (accident.parties[letter]?.identity.personId !== person.id) throw absenceOf(ctx, accident, person);
    return accident;
  };
  const accidents: Context["accidents"] = {
    ...ctx.accidents,
    change: (known, decide) => ctx.accidents.change(known, (accident) => decide(requireSame(accident))),
    decide: (known, decide) => ctx.accidents.decide(known, (accident) => decide(requireSame(accident))),
  };
  return { ...ctx, accidents };
}
