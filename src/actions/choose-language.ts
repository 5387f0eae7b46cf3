import type { Context } from "../context.ts";
import { type Accident, type Language, LETTERS, type Person } from "../domain/accident.ts";
import { mayNoteLanguage } from "../domain/brakes.ts";
import { isOver, withParty } from "../domain/party.ts";

/**
 * Sets the language of one driver who has agreed to the privacy notice, from now on and in a case that still
 * runs; the other keeps theirs.
 */
export async function chooseLanguage(
  ctx: Context,
  { person, language, loaded }: { person: Person; language: Language; loaded?: Accident | null },
): Promise<void> {
  if (person.isGuest) return;
  await ctx.people.setLanguage(person.id, language);
  const current = loaded === undefined ? await ctx.accidents.findByPerson(person) : loaded;
  if (!current) return;
  await ctx.accidents.change(current, (accident) => {
    const letter = LETTERS.find((one) => accident.parties[one]?.identity.personId === person.id);
    if (!letter || isOver(accident) || accident.parties[letter]?.language === language) return null;
    if (!mayNoteLanguage(accident, letter, ctx.clock.now())) return null;
    return {
      accident: withParty(accident, letter, { language }),
      events: [{ type: "language-chosen", by: letter, data: { language } }],
    };
  });
}
