import type { Context } from "../context.ts";
import type { Letter, Person } from "../domain/accident.ts";
import { NotFound } from "../errors.ts";

/** The context in which one driver acts: nothing is changed unless he is still that party. While his form is on its way the first driver may take him out and somebody else may join under the same letter. */
export function asParty(ctx: Context, { person, letter }: { person: Person; letter: Letter }): Context {
  const change: Context["accidents"]["change"] = (known, decide) =>
    ctx.accidents.change(known, (accident) => {
      if (accident.parties[letter]?.identity.personId !== person.id) throw new NotFound();
      return decide(accident);
    });
  return { ...ctx, accidents: { ...ctx.accidents, change } };
}
