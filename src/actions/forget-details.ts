import type { Context } from "../context.ts";
import { LETTERS, type Person } from "../domain/accident.ts";
import { NOTICE_VERSION, withdrawalEvents } from "../domain/consent.ts";

/** Takes back the consent to keeping details for the next case, and forgets them. */
export async function forgetDetails(ctx: Context, { person }: { person: Person }): Promise<void> {
  if ((await ctx.people.lastDetails(person.id)) === null) return;
  await ctx.people.forgetDetails(person.id);
  const accident = await ctx.accidents.findByPerson(person);
  if (!accident) return;
  await ctx.accidents.change(accident, (current) => {
    const letter = LETTERS.find((one) => current.parties[one]?.identity.personId === person.id);
    return letter ? { accident: current, events: withdrawalEvents(letter, ["remember"], NOTICE_VERSION) } : null;
  });
}
