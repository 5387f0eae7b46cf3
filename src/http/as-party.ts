import type { Context } from "../context.ts";
import type { Accident, Letter, Person } from "../domain/accident.ts";
import { absenceOf } from "./absence.ts";

/**
 * Returns a context in which a driver acts: changes are made only while the driver is still that party (else
 * NotFound). While a form is on its way driver A may remove them and somebody else may join under the same
 * letter.
 */
export function asParty(ctx: Context, { person, letter }: { person: Person; letter: Letter }): Context {
  const requireSame = (accident: Accident): Accident => {
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
