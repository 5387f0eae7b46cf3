import type { Context } from "../context.ts";
import { type Accident, LETTERS, type Letter, type Person } from "../domain/accident.ts";
import { type View, viewOf } from "../domain/view.ts";

/** Where this person stands: his accident, his letter in it and what he may see; null while he has none in hand. */
export interface Standing {
  accident: Accident;
  letter: Letter;
  view: View;
}

/** The accident that he opened or joined last. */
export async function standingOf(ctx: Context, person: Person): Promise<Standing | null> {
  const accident = await ctx.accidents.findByPerson(person.id);
  return accident && standing(ctx, accident, person);
}

export function standing(ctx: Context, accident: Accident, person: Person): Standing | null {
  const letter = LETTERS.find((one) => accident.parties[one]?.identity.personId === person.id);
  return letter ? { accident, letter, view: viewOf(accident, letter, ctx.config.rules.catalogue) } : null;
}

/** Settled, or gone another way: the next accident of his begins anew. */
export const isOver = ({ view }: Standing): boolean => Boolean(view.ended || view.concludedAt);

/** The next useful thing, in one sentence with one link: nobody is ever stuck. */
export function nextThing(ctx: Context, person: Person, current: Standing | null): string {
  const t = ctx.render.words(person.language);
  const start = `${ctx.config.publicUrl}/h5/start`;
  if (!current) return t("chat.none", { url: start });
  const { view } = current;
  const url = `${ctx.config.publicUrl}/h5/accidents/${view.id}`;
  if (isOver(current)) return `${t(`chat.next.${view.step}`, { url })}\n${t("chat.again", { url: start })}`;
  if (view.step !== "photos") return t(`chat.next.${view.step}`, { url });
  const next = view.missingSlots[0];
  if (!next) return t("chat.next.photos-arriving", { url });
  return t("chat.next.photos", { url, missing: view.missingSlots.length, slot: t(`evidence.slot.${next}`) });
}
