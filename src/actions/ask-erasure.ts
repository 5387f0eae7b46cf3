import type { Context } from "../context.ts";
import { LETTERS, type Person } from "../domain/accident.ts";

/** Records, in each case and for the operator, that a person wants their data erased early (PIPL art. 47). */
export async function askErasure(ctx: Context, { person }: { person: Person }): Promise<void> {
  if (person.isGuest) return;
  const asked = await ctx.people.listErasures();
  if (asked.some(({ id }) => id === person.id)) return;
  for (const { id } of person.cases ?? []) {
    const accident = await ctx.accidents.find(id);
    if (!accident) continue;
    await ctx.accidents.change(accident, (current) => {
      const letter = LETTERS.find((one) => current.parties[one]?.identity.personId === person.id);
      return letter ? { accident: current, events: [{ type: "erasure-requested", by: letter, data: {} }] } : null;
    });
  }
  await ctx.people.askErasure(person.id, ctx.clock.now());
  ctx.log.warn({ personId: person.id }, "erasure.requested");
}
