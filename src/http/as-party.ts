import type { Context } from "../context.ts";
import type { Accident, Letter, Person } from "../domain/accident.ts";
import { NotFound } from "../errors.ts";

/**
 * Returns the context in which one driver acts: nothing is changed unless the driver is still that party (else NotFound).
 * While the form is on its way the first driver may take them out and somebody else may join under the same letter.
 */
export function asParty(ctx: Context, { person, letter }: { person: Person; letter: Letter }): Context {
  const requireSame = (accident: Accident): Accident => {
    if (accident.parties[letter]?.identity.personId !== person.id) throw new NotFound();
    return accident;
  };
  const accidents: Context["accidents"] = {
    ...ctx.accidents,
    change: (known, decide) => ctx.accidents.change(known, (accident) => decide(requireSame(accident))),
    decide: (known, decide) => ctx.accidents.decide(known, (accident) => decide(requireSame(accident))),
  };
  return { ...ctx, accidents };
}
